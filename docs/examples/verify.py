#!/usr/bin/env python3
"""A verifier of protocol LU1 to copy from: Python 3.11, its standard library, and `cryptography` 38 or later.

Strict JSON, keys, signed messages, records and batches, and how far each device's stream is complete: what a receiver
needs before it receipts. docs/uplink.md has the rules; every refusal is a number of LU1. verify_more.py beside this file
adds proofs, cloud wrappers, and what a device itself holds what comes down against.

`lintel conform --only key,message,stream -- python3 verify.py` tries it: one case a line comes on stdin, one verdict a
line goes to stdout.
"""
import base64, hashlib, json, re, sys, zlib
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

class Refused(Exception):
    def __init__(self, code):
        self.code = code

def need(truth, code):
    if not truth:
        raise Refused(code)

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

def unbase64url(text):
    """Strict: what we would have written in another way is refused."""
    need(re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1, 1002)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(base64url(raw) == text, 1002)
    return raw

# ---- JSON that two readers cannot read differently

def strict(raw, integers=True):
    wrong = []
    def members(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names) or "__proto__" in names:
            wrong.append(1003)
        return dict(pairs)
    def number(digits):
        if integers and (not re.fullmatch(r"0|-?[1-9][0-9]{0,15}", digits) or abs(int(digits)) >= 2**53):
            wrong.append(1003)
        return int(digits) if re.fullmatch(r"-?[0-9]{1,16}", digits) else float(digits)
    def constant(_):  # NaN and Infinity are Python's own idea of JSON
        raise ValueError
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        depth = 0
        for mark in re.findall(r"[{}\[\]]", re.sub(r'"(?:[^"\\]|\\.)*(?:"|$)', "", text, flags=re.S)):
            depth += 1 if mark in "{[" else -1
            need(depth <= 8, 1007)
        value = json.loads(text, object_pairs_hook=members, parse_int=number, parse_float=number, parse_constant=constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # fails on a lone surrogate
    except ValueError:
        raise Refused(1001)
    need(not wrong, 1003)
    return value

# ---- keys: anybody can make signatures that fit a point of small order (here without the sign bit)

WEAK = {"00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f", "ed" + "ff" * 30 + "7f", "ee" + "ff" * 30 + "7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"}

def load_key(jwk):
    """The kid (RFC 7638), the names its algorithm may have, and what verifies (signature, data)."""
    kind = jwk.get("kty"), jwk.get("crv")
    need(kind in (("OKP", "Ed25519"), ("EC", "P-256")), 1004)
    covered = {name: jwk[name] for name in (("crv", "kty", "x") if kind[0] == "OKP" else ("crv", "kty", "x", "y"))}
    kid = base64url(sha256(json.dumps(covered, separators=(",", ":")).encode()))[:16]
    try:
        if kind[0] == "OKP":
            x = unbase64url(jwk["x"])
            need(len(x) == 32 and (x[:31] + bytes([x[31] & 127])).hex() not in WEAK, 1004)
            return kid, ("EdDSA", "Ed25519"), ed25519.Ed25519PublicKey.from_public_bytes(x).verify
        x, y = (int.from_bytes(unbase64url(jwk[name]), "big") for name in "xy")
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (ValueError, Refused):
        raise Refused(1004)
    def verify(signature, data):
        if len(signature) != 64:
            raise InvalidSignature
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        public.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    return kid, ("ES256",), verify

def load_keys(entries):
    registry = {}
    for entry in entries:
        try:
            kid, algs, verify = load_key(entry["jwk"])
            registry[kid] = {**entry, "kid": kid, "algs": algs, "verify": verify}
        except Refused:
            pass  # not registered, so whatever it signed is refused
    return registry

# ---- one message: the signed inside, its key, and its record hash

def open_token(token, typ, keys):
    need(len(token) <= 16384, 1007)
    parts = token.split(".")
    need(len(parts) == 3, 1001)
    header = strict(unbase64url(parts[0]))
    need(isinstance(header, dict), 1001)
    need(set(header) == {"alg", "kid", "typ"} and all(isinstance(value, str) for value in header.values()), 1004)
    key = keys.get(header["kid"])
    need(header["typ"] == typ and key and header["alg"] in key["algs"], 1004)  # the key decides, not the header
    payload = unbase64url(parts[1])
    need(len(payload) <= 8192, 1007)
    signature, signing_input = unbase64url(parts[2]), f"{parts[0]}.{parts[1]}".encode("ascii")
    try:
        key["verify"](signature, signing_input)
    except InvalidSignature:
        raise Refused(1006)
    return strict(payload), key, base64url(sha256(signing_input))  # the signature is not part of the hash

def like(form):
    return lambda value: isinstance(value, str) and re.fullmatch(form, value)

def between(low, high):
    return lambda value: type(value) is int and low <= value <= high

EVENT = {"specversion": like(r"1\.0"), "id": like(r"(?s:.{1,64})"), "source": like(r"(?s:.{1,128})"),
         "type": like(r"dev\.lintel\.[a-z0-9-]{1,32}\.v[0-9]{1,3}"),
         "time": like(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?Z")}
RECORD = {"epoch": between(1, 2**31 - 1), "seq": between(0, 2**31 - 1), "prev": like(r"[A-Za-z0-9_-]{43}"),
          "data": lambda value: isinstance(value, dict)}
COPIED = *EVENT, "epoch", "seq"
# Members that `data` must have. What may stand in them, docs/uplink/schemas says.
DATA = {"genesis": "reason prev ticket fw keys", "boot": "boot fw", "checkpoint": "size root head", "hole": "ranges cause",
        "punch": "kind sub method assure t loc pol dec", "correction": "ref kind sub reason by", "cmdlog": "cmd state",
        "audit": "act sub by detail", "timefix": "boot mono utc err", "keychange": "old new sig_new", "time": "n utc",
        "erasure": "cmd sub counts dek kek_rot assure tpl_root ros_root nonmember sup_v", "visitor": "v act host exp",
        "status": "state sess ep head cur backlog fw clock cap", "sync": "sess ep head", "config": "aud v min_fw doc",
        "ack": "dev ep upto rh miss bad at rcv", "cmd": "op aud cn nbf exp args", "roster": "aud base to page pages ops"}

def fits(value, members):
    return isinstance(value, dict) and all(check(value.get(name)) for name, check in members.items())

def keeps_promise(event):
    names = DATA.get(event["type"].split(".")[2], "").split()
    return isinstance(event.get("data"), dict) and all(name in event["data"] for name in names)

def unwrap(raw, typ, keys):
    need(len(raw) <= 24576, 1007)
    outer = strict(raw, integers=False) if raw[:1] == b"{" else {}
    need(outer or raw[:1] == b"e", 1001)
    if outer:
        need(isinstance(outer.get("data"), str) and outer.get("datacontenttype") == "application/jose", 1001)
    event, key, rh = open_token(outer["data"] if outer else raw.decode("latin1"), typ, keys)
    need(fits(event, EVENT), 1001)
    for name in COPIED if outer else ():
        need(outer.get(name) == event.get(name) and type(outer.get(name)) is type(event.get(name)), 1005)  # 1 == True
    need(key["source"] == event["source"], 1004)
    return event, key, rh

def read_record(raw, keys, address=None):
    event, key, rh = unwrap(raw, "lintel-rec+jws", keys)
    need(not address or event["source"] == "urn:lintel:{tenant}:{site}:{device}".format(**address), 1005)
    need(fits(event, RECORD), 1001)
    place = [event["epoch"], event["seq"]]
    need(key.get("from", place) <= place <= key.get("upto", place), 1004)
    return event, rh, None if keeps_promise(event) else 1001

def read_records(raw, keys, address=None):
    """Whatever may come on the record channel: a record, or a gzip batch in which a bad one harms no other."""
    if raw[:2] != b"\x1f\x8b":
        return [attempt(read_record, raw, keys, address)]
    need(len(raw) <= 98304, 1007)
    try:
        inflater = zlib.decompressobj(31)
        inside = inflater.decompress(raw, 2**20)  # never unpacks more than that
    except zlib.error:
        raise Refused(1001)
    need(not inflater.unconsumed_tail, 1007)
    need(inflater.eof and inside[:1] == b"{", 1001)
    batch = strict(inside, integers=False)
    need((batch.get("specversion"), batch.get("type")) == ("1.0", "dev.lintel.batch.v1"), 1001)
    tokens = batch["data"].get("records") if isinstance(batch.get("data"), dict) else None
    need(tokens and isinstance(tokens, list) and all(isinstance(token, str) for token in tokens), 1001)
    need(len(tokens) <= 100, 1007)
    return [attempt(read_record, token.encode(), keys, address) for token in tokens]

def attempt(work, *args):
    try:
        return work(*args)
    except Refused as refused:
        return refused

def summaries(raw, keys, address=None):
    answers, found = read_records(raw, keys, address), []
    if raw[:2] != b"\x1f\x8b" and isinstance(answers[0], Refused):
        raise answers[0]
    for answer in answers:
        if isinstance(answer, Refused):
            found.append({"code": answer.code})
        else:
            event, rh, flaw = answer
            summary = {name: event[name] for name in ("epoch", "seq", "type")} | {"rh": rh}
            found.append(summary | ({"flaw": flaw} if flaw else {}))
    return {"records": found}

# ---- a device's lives, whatever the order in which their records came

def stream(case):
    lives, refused, endings, stands = {}, [], [], []
    for answer in (one for raw in case["messages"] for one in read_records(raw, case["keys"])):
        if isinstance(answer, Refused):
            refused.append(answer.code)
        elif answer[0]["source"] == case["source"]:
            event, rh, flaw = answer
            kept, forks = lives.setdefault(event["epoch"], ({}, set()))
            if kept.setdefault(event["seq"], (rh, event["prev"], flaw, event))[0] != rh:
                forks.add(event["seq"])
    for epoch in sorted(lives, reverse=True):  # a later life says how an earlier one ended
        kept, forks = lives[epoch]
        about = [ending for ending in endings if ending["epoch"] == epoch]
        forks |= {end["seq"] for end in about if end["rh"] and kept.get(end["seq"], [end["rh"]])[0] != end["rh"]}
        stands.insert(0, {"epoch": epoch, **stand(kept, forks, about)})
        _, _, flaw, event = kept.get(0, (None, None, 1001, None))
        if not flaw and event["type"] == "dev.lintel.genesis.v1" and 0 not in forks:
            prev, lost = event["data"]["prev"], event["data"].get("lost")
            if None not in (prev["epoch"], prev["seq"]) and prev["epoch"] < epoch:
                if lost is None or lost[0] <= lost[1] <= prev["seq"]:
                    endings.append({**prev, "lost": lost})
    return {"stands": stands, "refused": refused}

def stand(kept, forks, endings):
    upto, rh, gaps, bad = -1, "A" * 43, {True: [], False: []}, []
    def is_lost(seq):
        return any(end["lost"] and end["lost"][0] <= seq <= end["lost"][1] for end in endings)
    for seq in sorted(kept):
        if any(fork <= seq for fork in forks) or not all(map(is_lost, range(upto + 1, seq))):
            break
        now, prev, flaw, _ = kept[seq]
        flaw = flaw or (2002 if seq == upto + 1 and prev != rh else None)  # across a hole there is no link
        bad += [[seq, flaw]] if flaw else []
        upto, rh = seq, now
    for seq in range(0, max([end["seq"] for end in endings] + list(kept)) + 1):
        if seq not in kept and (seq > upto or is_lost(seq)):
            ranges = gaps[is_lost(seq)]
            if ranges and ranges[-1][1] == seq - 1:
                ranges[-1][1] = seq
            else:
                ranges.append([seq, seq])
    return {"upto": upto, "rh": rh, "miss": gaps[False][:32], "lost": gaps[True][-32:], "bad": bad[-32:], "forks": sorted(forks)}

# ---- the cases

def address_of(topic):
    match = re.fullmatch(r"lintel1/([a-z0-9-]{1,24})/([a-z0-9-]{1,24})/(k[0-9a-z]{20})/(?:up|dn)/[a-z]{3}", topic or "")
    return dict(zip(("tenant", "site", "device"), match.groups())) if match else None

def message(case):
    if case["channel"] == "rec":
        return summaries(case["bytes"], case["keys"], address_of(case.get("topic")))
    event, _, _ = unwrap(case["bytes"], f"lintel-{case['channel']}+jws", case["keys"])
    need(keeps_promise(event), 1001)
    return {"id": event["id"]}

KINDS = {"key": lambda case: {"kid": load_key(case["jwk"])[0]}, "message": message, "stream": stream}

def main(kinds):
    for line in sys.stdin:
        line = json.loads(line)
        case = line["input"]
        for name in ("bytes", "messages", "pages"):
            if name in case:
                decode = base64.b64decode
                case[name] = decode(case[name]) if name == "bytes" else [decode(text) for text in case[name]]
        try:
            case["keys"] = load_keys(case.get("keys", []))
            verdict = {"ok": kinds[line["kind"]](case) or {}}
        except Refused as refused:
            verdict = {"code": refused.code}
        print(json.dumps({"id": line["id"], **verdict}), flush=True)

if __name__ == "__main__":
    main(KINDS)
