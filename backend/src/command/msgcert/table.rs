//! The table of `list-certs`.

use std::fmt::Write as _;

use time::OffsetDateTime;
use time::macros::format_description;

use super::inventory::Listed;

const HEADINGS: [&str; 6] = ["Alias", "Valid from", "Expires on", "Self-", "Issued by", "Issued to"];

/// A row for each certificate under the headings of the manual, then how many they are. Times are UTC.
pub(super) fn text<'a>(certificates: impl Iterator<Item = &'a Listed>) -> String {
    render(certificates.map(row).collect())
}

fn row(one: &Listed) -> [String; 6] {
    let view = &one.view;
    let itself = if view.self_issued { "y" } else { "n" };
    let issued_to = if view.self_issued { "Same as issuer".to_owned() } else { view.subject.to_string() };
    [one.alias().to_owned(), minute(view.not_before), minute(view.not_after), format!("  {itself}"), view.issuer.to_string(), issued_to]
}

fn minute(moment: OffsetDateTime) -> String {
    moment.format(&format_description!("[year]/[month]/[day] [hour]:[minute]")).unwrap_or_default()
}

fn render(rows: Vec<[String; 6]>) -> String {
    let longest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = HEADINGS.iter().enumerate().map(|(column, heading)| longest(column).max(heading.len())).collect();
    let line = |cells: Vec<String>| {
        let padded: Vec<String> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut text = String::new();
    if !rows.is_empty() {
        let _ = writeln!(text, "{}", line(HEADINGS.map(str::to_owned).to_vec()));
        let _ = writeln!(text, "{}", line(widths.iter().map(|width| "-".repeat(*width)).collect()));
    }
    let count = rows.len();
    for row in rows {
        let _ = writeln!(text, "{}", line(row.to_vec()));
    }
    let _ = writeln!(text, "{count} certificate{} found", if count == 1 { "" } else { "s" });
    text
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_table_is_laid_out_as_in_the_manual() {
        let row = |cells: [&str; 6]| cells.map(str::to_owned);
        let text = render(vec![
            row(["SelfSignedCrt", "2006/07/28 12:58", "2006/10/28 12:58", "  y", "CN=SFO,L=SC,ST=ca,C=us", "Same as issuer"]),
            row(["Server-Cert", "2006/07/28 07:47", "2006/10/28 07:47", "  y", "CN=perseids", "Same as issuer"]),
        ]);
        let expected = "\
Alias          Valid from        Expires on        Self-  Issued by               Issued to
-------------  ----------------  ----------------  -----  ----------------------  --------------
SelfSignedCrt  2006/07/28 12:58  2006/10/28 12:58    y    CN=SFO,L=SC,ST=ca,C=us  Same as issuer
Server-Cert    2006/07/28 07:47  2006/10/28 07:47    y    CN=perseids             Same as issuer
2 certificates found
";
        assert_eq!(text, expected);
        assert_eq!(render(Vec::new()), "0 certificates found\n");
    }
}
