//! A page with one table, for reports that are not published.

use maud::{DOCTYPE, PreEscaped, html};

use super::{super::table::filled_columns, STYLE};

/// A page with a title, a sentence and a table. Empty columns are left out.
pub fn report(title: &str, lead: &str, header: &[&str], rows: &[Vec<String>]) -> String {
    let columns = filled_columns(header, rows);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    p.intro { (lead) }
                    table.rows.entries[columns.len() > 7] {
                        thead { tr { @for column in &columns { th scope="col" { (header[*column].replace('_', " ")) } } } }
                        tbody {
                            @for row in rows {
                                tr {
                                    @for column in &columns {
                                        td dir="auto" data-label=(header[*column].replace('_', " ")) { (row.get(*column).map(String::as_str).unwrap_or_default()) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    page.into_string() + "\n"
}
