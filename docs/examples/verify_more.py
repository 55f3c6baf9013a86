#!/usr/bin/env python3
"""What verify.py leaves out: proofs, the wrappers of clouds, topics, and what a device checks of what comes down.

`lintel conform -- python3 verify_more.py` tries both files on every case. docs/uplink.md has the rules.
"""
import base64, re, struct
from datetime import datetime, timezone
from cryptography.exceptions import InvalidSignature
from verify import (KINDS, Refused, address_of, attempt, base64url, keeps_promise, load_key, main, need, read_record,
                    sha256, strict, summaries, unbase64url, unwrap)

# ---- proofs over the tree of RFC 9162, whose leaves are record hashes

def leaf(rh):
    return sha256(b"\0", unbase64url(rh))

def node(left, right):
    return sha256(b"\1", left, right)

def root_of(nodes):
    split = 1 << max(len(nodes) - 1, 1).bit_length() - 1
    return node(root_of(nodes[:split]), root_of(nodes[split:])) if len(nodes) > 1 else nodes[0] if nodes else sha256()

def climb(at, last, path, inner, outer):
    """The walk of both proofs (2.1.3.2, 2.1.4.2): `inner` takes only what stands to its left, `outer` everything."""
    for step in path:
        need(last > 0, 2002)
        if at & 1 or at == last:
            inner, outer = node(step, inner), node(step, outer)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            outer = node(outer, step)
        at, last = at >> 1, last >> 1
    need(last == 0, 2002)
    return [base64url(inner), base64url(outer)]

def inclusion(case):
    need(case["index"] < case["size"], 2002)
    mine = leaf(case["hash"])
    walk = climb(case["index"], case["size"] - 1, map(unbase64url, case["path"]), mine, mine)
    need(walk[1] == case["root"], 2002)

def consistency(case):
    first, second, path = case["first"], case["second"], [unbase64url(step) for step in case["path"]]
    need(1 <= first <= second, 2002)
    if first & (first - 1) == 0:  # a whole subtree: its root is where the walk begins, and is not sent
        path.insert(0, unbase64url(case["firstRoot"]))
    if first == second:
        return need(not case["path"] and case["firstRoot"] == case["secondRoot"], 2002)
    need(path, 2002)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    need(climb(at, last, path[1:], path[0], path[0]) == [case["firstRoot"], case["secondRoot"]], 2002)

def checkpoint(case):
    size, before = case["data"]["size"], case["hashes"][: case["data"]["size"]]
    need(len(before) == size and before[-1] == case["data"]["head"], 2002)
    need(base64url(root_of([leaf(rh) for rh in before])) == case["data"]["root"], 2002)

# ---- a device's next key

def keychange(case):
    """Signed by the old key, and by the new one over `prev`, as text, to show that somebody holds it."""
    event, _, flaw = read_record(case["bytes"], case["keys"])
    need(event["type"] == "dev.lintel.keychange.v1" and not flaw, 1001)
    _, key, _ = unwrap(case["bytes"], "lintel-rec+jws", case["keys"])
    need(event["data"]["old"] == key["kid"], 1004)
    kid, _, verify = load_key(event["data"]["new"]["jwk"])
    need(kid == event["data"]["new"]["kid"], 1004)
    try:
        verify(unbase64url(event["data"]["sig_new"]), event["prev"].encode())
    except InvalidSignature:
        raise Refused(1006)
    return {"kid": kid}

# ---- wrappers and topics

def ingress(case):
    """Clouds wrap messages: AWS IoT in {b, t}, Event Grid in data_base64; everybody else passes the message itself."""
    outer = attempt(strict, case["bytes"], False) if case["bytes"][:1] == b"{" else {}
    inside, topic = (outer.get("b"), outer.get("t")) if "t" in outer else (outer.get("data_base64"), outer.get("subject"))
    try:
        raw = base64.b64decode(inside, validate=True) if inside else case["bytes"]
    except ValueError:
        raise Refused(1001)
    return summaries(raw, case["keys"], address_of(topic))

def topic(case):
    text = case["topic"]
    if case["profile"] == "azure-iothub":  # the channel is a property, and whose the device is must be known
        match = re.fullmatch(r"devices/(k[0-9a-z]{20})/messages/(events|devicebound)/([^/]*)", text)
        need(match, 1001)
        values = [pair[3:] for pair in match[3].split("&") if pair.startswith("lt=")]
        need(len(values) == 1 and values[0] in (UP if match[2] == "events" else DOWN), 1001)
        return {**case["home"], "device": match[1], "channel": values[0]}
    match = re.fullmatch(r"lintel1/([a-z0-9-]{1,24})/([a-z0-9-]{1,24})/(all|k[0-9a-z]{20})/(up|dn|x)/([a-z]{3})", text)
    need(match, 1001)
    tenant, site, device, way, channel = match.groups()
    if device == "all":
        need((way, channel) == ("x", "tpl") or (way == "dn" and channel in DOWN), 1001)
    else:
        need(channel in {"up": UP, "dn": DOWN, "x": ()}[way], 1001)
    return {"tenant": tenant, "site": site, "device": device, "channel": channel}

UP, DOWN = ("rec", "sta", "req", "tel"), ("ack", "cmd", "cfg", "ros", "tim")

# ---- what comes down: each channel has a role of its own

def from_cloud(raw, channel, keys):
    mine = {kid: key for kid, key in keys.items() if key["role"] == channel}
    event, _, _ = unwrap(raw, f"lintel-{channel}+jws", mine)
    need(keeps_promise(event), 1001)
    return event["data"], event

def receipt(case):
    data, event = from_cloud(case["bytes"], "ack", case["keys"])
    _, _, tenant, _, device = case["device"].split(":")
    place, ours = [data["ep"], data["upto"]], case["hashes"].get(f"{data['ep']}/{data['upto']}")
    need(data["rcv"] == case["receiver"] and event["source"] == f"urn:lintel:{tenant}:cloud:{case['receiver']}", 1004)
    need(data["dev"] == device, 1005)
    need(place <= case["head"], 2004)  # nobody can have what we have not written
    if data["upto"] == -1:
        ours = "A" * 43
    need(ours in (None, data["rh"]), 2004)
    have = [[max(first, data["upto"] + 1), last] for first, last in data.get("have", []) if last > data["upto"]]
    have = [[first, last] for first, last in have if first <= last]
    need(all([data["ep"], last] <= case["head"] for _, last in have), 2004)
    return {"epoch": data["ep"], "upto": data["upto"], "miss": data["miss"], **({"have": have} if have else {})}

OPS = {"cmd:ops": "status sync time.check resend message.show volume identify reboot service.restart log.collect",
       "cmd:cfg": "config.apply", "cmd:ros": "roster.pull", "cmd:sec": "lock unlock key.rotate", "cmd:enr": "enroll.start",
       "cmd:dpo": "erase.subject erase.visitor hold.set hold.lift template.renew", "cmd:fw": "fw.offer"}
ROLES = {op: (role,) for role, ops in OPS.items() for op in ops.split()}
ROLES |= {op: ("cmd:sec", "cmd:dpo") for op in "roster.reset config.reset export.templates decommission erase.all".split()}
FINAL = "decommission".split()  # names one clock and nothing else, for a day at most
TIMELESS = "status sync time.check resend lock".split()  # harm nobody when they come late
HOUR = 3_600_000

def command(case):
    event, signers = open_command(case["bytes"], case["keys"])
    data, tenant = event["data"], case["device"].split(":")[2]
    wanted, roles = ROLES.get(data["op"], ()), {key["role"] for key in signers}
    need(roles & set(wanted), 3001)
    need(set(wanted) <= roles, 3005)
    need(event["source"].split(":")[2] == tenant and names_of(case) & set(data["aud"]), 3002)
    need(data["op"] not in FINAL or data["aud"] == [case["device"].split(":")[4]], 3002)
    check_time(data, **case["clock"])
    need(event["id"] not in case["executed"] and all(data["cn"] > case["low"].get(role, -1) for role in wanted), 3004)
    return {"id": event["id"], "op": data["op"]}

def names_of(case):
    _, _, _, site, device = case["device"].split(":")
    return {device, f"site:{site}", *(f"group:{group}" for group in case["groups"])}

def for_us(case, raw, channel):
    data, _ = from_cloud(raw, channel, case["keys"])
    need(isinstance(data["aud"], list) and data["aud"], 1001)
    need(names_of(case) & set(data["aud"]), 3002)  # a broker delivers what it likes
    return data

def open_command(raw, keys):
    outer = strict(raw, integers=False) if raw[:1] == b"{" else {}
    tokens = [raw]
    if outer.get("type") == "dev.lintel.cmd2.v1":  # two signatures over one text
        need(isinstance(outer.get("data"), dict) and isinstance(outer["data"].get("jws"), list), 1001)
        tokens = [token.encode() for token in outer["data"]["jws"]]
        need(len(tokens) == 2, 1001)
    opened = [unwrap(token, "lintel-cmd+jws", keys) for token in tokens]
    for event, _, _ in opened:
        need(keeps_promise(event) and event["data"]["aud"], 1001)
    need(len({token.split(b".")[1] for token in tokens}) == 1 or len(tokens) == 1, 1005)
    signers = [key for _, key, _ in opened]
    need(len({key["kid"] for key in signers}) == len(signers), 3005)
    return opened[0][0], signers

def milliseconds(text):
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Refused(3003)
    return round((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() * 1000)

def check_time(data, utc, err, src):
    begins, ends = milliseconds(data["nbf"]), milliseconds(data["exp"])
    need(begins <= ends <= begins + (24 if data["op"] in FINAL else 30 * 24) * HOUR, 3003)
    if src == "none" or err > HOUR:
        return need(data["op"] in TIMELESS, 3003)
    need(utc + err >= begins and utc - err <= ends, 3003)  # in doubt for the command

def roster_root(items):
    data = (name.encode() + b"\0" + struct.pack(">Q", v) + sha256(text.encode()) for name, (v, text) in sorted(items.items()))
    return base64url(root_of([sha256(b"\0", one) for one in data]))

def roster(case):
    pages = sorted((for_us(case, raw, "ros") for raw in case["pages"]), key=lambda page: page["page"])
    base, to, count = (pages[0][name] for name in ("base", "to", "pages"))
    need(all((page["base"], page["to"], page["pages"]) == (base, to, count) for page in pages), 1001)
    need([page["page"] for page in pages] == list(range(count)), 1001)
    need(to > case["have"]["v"], 4003)
    need(base in (0, case["have"]["v"]), 4001)  # 0 begins with nobody
    items = {name: (v, text) for name, v, text in case["have"]["items"]} if base else {}
    gone = dict(case["have"]["gone"])
    for op, name, v, *text in (op for page in pages for op in page["ops"]):
        need(v > max(items.get(name, (0,))[0], gone.get(name, 0)), 4003)  # an old page brings nobody back
        items.pop(name, None), gone.pop(name, None)
        if op == "put":
            items[name] = (v, text[0])
        else:
            gone[name] = v
    need(pages[-1].get("root") == roster_root(items), 4002)
    return {"v": to, "root": roster_root(items)}

def config(case):
    data = for_us(case, case["bytes"], "cfg")
    need(data["v"] > case["have"], 4003)
    have, wants = ([int(part) for part in text.split(".")] for text in (case["fw"], data["min_fw"]))
    need(have >= wants, 4004)
    need(isinstance(attempt(strict, data["doc"], False), dict), 4004)
    return {"v": data["v"]}

def time(case):
    data, _ = from_cloud(case["bytes"], "tim", case["keys"])
    need(data["n"] == case["asked"]["n"], 3004)
    begins = milliseconds(data["utc"])
    return {"from": begins, "to": begins + case["asked"]["got"] - case["asked"]["sent"]}

def timefix(case):
    record, fix = case["record"], case["fix"]
    need(record["boot"] == fix["boot"], 1005)
    since = record["mono"] - fix["mono"]
    return {"utc": milliseconds(fix["utc"]) + since, "err": fix["err"] - (-abs(since) * 50 // 1_000_000)}  # rounded up

KINDS |= {"ingress": ingress, "topic": topic, "receipt": receipt, "command": command, "roster": roster, "config": config,
          "time": time, "timefix": timefix, "keychange": keychange, "inclusion": inclusion, "consistency": consistency, "checkpoint": checkpoint,
          "root": lambda case: {"root": base64url(root_of([leaf(rh) for rh in case["hashes"]]))}}

if __name__ == "__main__":
    main(KINDS)
