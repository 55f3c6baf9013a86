import type { ShownFinding } from "../../../core/technician-view.ts";

/** What `lintel doctor` found: first what has to be mended, in the order in which it has to be, then all the rest. */
export function Findings({ findings }: { findings: readonly ShownFinding[] }) {
  const open = findings.filter(({ is }) => is === "wrong" || is === "weak");
  const rest = findings.filter(({ is }) => is !== "wrong" && is !== "weak");
  return (
    <>
      <section aria-labelledby="open">
        <h2 id="open">To mend, in this order</h2>
        {open.length === 0 ? <p>Nothing.</p> : <Rows of={open} isOpen={true} />}
      </section>
      <section aria-labelledby="rest">
        <h2 id="rest">As it should be, or not to be seen from here</h2>
        <Rows of={rest} isOpen={false} />
      </section>
    </>
  );
}

const words = { good: "good", weak: "worth knowing", wrong: "wrong", unknown: "unknown" } as const;

function Rows({ of, isOpen }: { of: readonly ShownFinding[]; isOpen: boolean }) {
  return (
    <table class="findings">
      <thead>
        <tr>
          <th scope="col">Area</th>
          <th scope="col">It is</th>
          <th scope="col">{isOpen ? "What was seen, and what to do" : "What was seen"}</th>
        </tr>
      </thead>
      <tbody>
        {of.map((finding, at) => (
          <tr key={`${finding.area} ${finding.about} ${finding.sentence}`} data-is={finding.is}>
            <th scope="row">
              {finding.area === of[at - 1]?.area ? <span class="again">{finding.area}</span> : finding.area}
            </th>
            <td class="is">{words[finding.is]}</td>
            <td>
              {finding.about !== finding.area && `${finding.about}: `}
              {finding.sentence}
              {isOpen && finding.remedy !== null && <p class="remedy">{finding.remedy.replaceAll("`", "")}</p>}
              {finding.code !== null && <code>{finding.code}</code>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
