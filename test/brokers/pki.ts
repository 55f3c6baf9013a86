import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Authorities and certificates in one folder: `{name}.pem` and `{name}.key`. */
export interface Pki {
  readonly file: (name: string) => string;
  readonly authority: (name: string) => void;
  /** @param days from yesterday; negative: it ended so many days ago. */
  readonly issue: (by: string, name: string, commonName: string, days?: number) => void;
}

export function openPki(folder: string): Pki {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const stamp = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  const file = (name: string) => join(folder, name);
  return {
    file,
    authority: (name) => {
      openssl(
        "req",
        "-x509",
        ...key,
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.pem`,
        "-days",
        "2",
        "-subj",
        `/CN=${name}`,
      );
      writeFileSync(file(`${name}.cnf`), configOf(name));
      writeFileSync(file(`${name}.index`), "");
      writeFileSync(file(`${name}.serial`), "1000\n");
    },
    issue: (by, name, commonName, days = 2) => {
      const [from, to] = days < 0 ? [days - 100, days] : [-1, days - 1];
      openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${commonName}`);
      writeFileSync(file(`${name}.san`), `subjectAltName=DNS:${commonName}`);
      const dates = ["-startdate", stamp(from), "-enddate", stamp(to)];
      const files = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-extfile", `${name}.san`];
      openssl("ca", "-batch", "-notext", "-config", `${by}.cnf`, ...dates, ...files);
    },
  };
}

const configOf = (name: string): string => `[ca]
default_ca=d
[d]
database=${name}.index
new_certs_dir=.
serial=${name}.serial
certificate=${name}.pem
private_key=${name}.key
default_md=sha256
policy=p
unique_subject=no
[p]
commonName=supplied
`;
