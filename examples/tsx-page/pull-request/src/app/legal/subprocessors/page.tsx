import { LegalPage } from "@/components/legal-page";

interface Subprocessor {
  name: string;
  purpose: string;
  location: string;
  since?: string;
}

const subprocessors: Subprocessor[] = [
  { name: "Reef Cloud, Inc.", purpose: "Hosting", location: "USA, Ireland" },
  { name: "Sardine Billing", purpose: "Invoices", location: "Ireland" },
  { name: "Tarpon AI, Inc.", purpose: "Summaries of dashboards", location: "USA", since: "2026-06-01" },
  { name: "Urchin Logs", purpose: "Storage of logs", location: "Singapore", since: "2026-05-20" },
];

export default function SubprocessorsPage() {
  return (
    <LegalPage title="Sub-processors">
      <table>
        <thead>
          <tr><th>Vendor</th><th>Purpose</th><th>Location</th><th>Effective</th></tr>
        </thead>
        <tbody>
          {subprocessors.map((vendor) => (
            <tr key={vendor.name}>
              <td>{vendor.name}</td>
              <td>{vendor.purpose}</td>
              <td>{vendor.location}</td>
              <td>{vendor.since}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </LegalPage>
  );
}
