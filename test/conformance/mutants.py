"""Plants one bug at a time into the reference verifier, and says which of them no case finds.

Usage: mutants.py <folder of the verifier> <folder of cases>. Prints {"planted": N, "survived": [line, ...]}.
"""
import base64, copy, glob, json, re, signal, sys, types

folder, cases_folder = sys.argv[1:]
sources = {name: open(f"{folder}/{name}.py").read() for name in ("verify", "verify_more")}
cases = [case for file in sorted(glob.glob(f"{cases_folder}/*.json")) for case in json.load(open(file))]
for case in cases:  # as verify.main does
    for name in ("bytes", "messages", "pages"):
        if name in case["input"]:
            value = case["input"][name]
            decoded = [base64.b64decode(text) for text in ([value] if name == "bytes" else value)]
            case["input"][name] = decoded[0] if name == "bytes" else decoded


def load(texts):
    for name in ("verify", "verify_more"):
        sys.modules[name] = types.ModuleType(name)
        exec(compile(texts[name], name, "exec"), sys.modules[name].__dict__)
    return sys.modules["verify_more"].KINDS, sys.modules["verify"]


def finds(texts):
    """True where some case gets another answer than it should, or none in a second."""
    signal.alarm(5)
    try:
        kinds, verify = load(texts)
        for case in ordered:
            given = {**case["input"]}
            try:
                given["keys"] = verify.load_keys(given.get("keys", []))
                verdict = {"ok": kinds[case["kind"]](copy.copy(given)) or {}}
            except verify.Refused as refused:
                verdict = {"code": refused.code}
            if verdict != case["expect"]:
                ordered.remove(case)
                ordered.insert(0, case)  # what found one bug soon finds the next
                return True
        return False
    except Exception:
        return True
    finally:
        signal.alarm(0)


def too_long(*_):
    raise TimeoutError


def mutants(source):
    lines = source.split("\n")
    for number, line in enumerate(lines):
        found = re.match(r"(\s+(?:return )?)need\((.*), (\d{4})\)", line)
        changed = [line.replace("need(", "need(True or ", 1)] if found else []
        if found:
            parts = found[2].split(" and ")
            for at in range(len(parts) if len(parts) > 1 else 0):
                one = f"{found[1]}need({' and '.join(parts[:at] + parts[at + 1:])}, {found[3]})"
                try:
                    compile(one.strip().removeprefix("return "), "mutant", "exec")
                    changed.append(one)
                except SyntaxError:
                    pass  # the "and" stood inside of brackets
        if "wrong.append" in line:
            changed.append(line.replace("wrong.append(1003)", "pass"))
        for one in changed:
            yield one.strip(), "\n".join(lines[:number] + [one] + lines[number + 1 :])


signal.signal(signal.SIGALRM, too_long)
ordered = sorted(cases, key=lambda case: len(repr(case["input"])))
planted, survived = 0, []
if finds(sources):
    sys.exit("the verifier itself fails a case")
for name, source in sources.items():
    for what, text in mutants(source):
        planted += 1
        if not finds({**sources, name: text}):
            survived.append(what)
print(json.dumps({"planted": planted, "survived": survived}))
