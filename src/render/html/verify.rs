//! The page for auditors: the keys of the log, and the commands that verify it.

use maud::{Markup, html};

use changecast_core::prose::messages::fill;

use super::{
    super::{File, LogStatus, Publication, PublishedList, list_title, twins},
    page::{Content, Page, Scripts},
};

/// `verify.html` of a list.
pub(super) fn page(publication: &Publication<'_>, list: &PublishedList<'_>) -> File {
    let messages = publication.messages();
    let title = fill(messages.verify_title, &[&list_title(list)]);
    let page = Page {
        publication,
        list: Some(list),
        title: &title,
        heading: html! { (title) },
        description: &title,
        home: "",
        release: list.newest(),
        scripts: Scripts::None,
        twin: Some(twins::VERIFY.to_owned()),
    };
    let content = Content { lead: html! {}, body: html! { div id="verify" { (body(publication, list)) } } };
    File::new(format!("{}/verify.html", list.id), page.render(&content))
}

/// The commands that verify the log, and those that verify one release; `None` for a preview.
pub(in super::super) fn commands(publication: &Publication<'_>, list: &PublishedList<'_>) -> Option<[String; 2]> {
    let LogStatus::Signed { origin, root, release, .. } = &list.log else { return None };
    let url = |path: &str| list.url(publication.base_url, path);
    let pin = root.first().map(|key| format!("echo '{key}' > root.pub\n")).unwrap_or_default();
    let heads = url("head/[000000-$(jq .head index.json)].json{,.sig}");
    let headers = url("log/[000000-$(jq .release index.json)].json{,.sig}");
    let bodies = url("log/[000001-$(jq .release index.json)].body.json");
    let whole = format!(
        "{pin}curl -fsSO '{}'\n\
         curl -fsS --create-dirs -o 'head/#1.json#2' \"{heads}\"\n\
         curl -fsS --create-dirs -o 'log/#1.json#2' \"{headers}\"\n\
         curl -fsS -o 'log/#1.body.json' \"{bodies}\"\n\
         sh verify.sh root.pub {origin}\n",
        url("{index.json,list.json,verify.sh}"),
    );
    let signers: String = release
        .iter()
        .enumerate()
        .map(|(at, key)| {
            let into = if at == 0 { ">" } else { ">>" };
            format!("echo '{origin} namespaces=\"release.v1@changecast\" {key}' {into} allowed_signers\n")
        })
        .collect();
    let one = format!(
        "{signers}ssh-keygen -Y verify -f allowed_signers -I {origin} -n release.v1@changecast \\\n  \
         -s log/000001.json.sig < log/000001.json\n"
    );
    Some([whole, one])
}

fn body(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    let messages = publication.messages();
    let LogStatus::Signed { origin, root, release, .. } = &list.log else {
        return html! { p { (messages.cannot_verify) } };
    };
    let [whole, one] = commands(publication, list).unwrap_or_default();
    html! {
        p { (messages.verify_intro) " " code { "changecast verify" } " " (messages.verify_script) }
        pre tabindex="0" { code { (whole) } }
        p { (messages.verify_one) }
        pre tabindex="0" { code { (one) } }
        dl {
            dt { (messages.log) } dd { code { (origin) } }
            @for key in root { dt { (messages.root_key) } dd { code { (key) } } }
            @for key in release { dt { (messages.release_key) } dd { code { (key) } } }
            dt { (messages.files) } dd { a href="list.json" { "list.json" } ", " a href="index.json" { "index.json" } ", " a href="verify.sh" { "verify.sh" } }
        }
    }
}
