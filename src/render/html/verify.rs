//! The page for auditors: the keys of the log, and the commands that verify it.

use maud::{Markup, html};

use changecast_core::prose::messages::fill;

use super::{
    super::{File, LogStatus, Publication, PublishedList, list_title},
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
        twin: None,
    };
    let content = Content { lead: html! {}, body: html! { div id="verify" { (body(publication, list)) } } };
    File::new(format!("{}/verify.html", list.id), page.render(&content))
}

fn body(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    let messages = publication.messages();
    let LogStatus::Signed { origin, root, release, .. } = &list.log else {
        return html! { p { (messages.cannot_verify) } };
    };
    html! {
        p { (messages.verify_intro) " " code { "changecast verify" } " " (messages.verify_script) }
        pre tabindex="0" { code {
            @if let Some(key) = root.first() { "echo '" (key) "' > root.pub\n" }
            "curl -fsSO '" (list.url(publication.base_url, "{index.json,list.json,verify.sh}")) "'\n"
            "curl -fsS --create-dirs -o 'head/#1.json#2' \""
            (list.url(publication.base_url, "head/[000000-$(jq .head index.json)].json{,.sig}")) "\"\n"
            "curl -fsS --create-dirs -o 'log/#1.json#2' \""
            (list.url(publication.base_url, "log/[000000-$(jq .release index.json)].json{,.sig}")) "\"\n"
            "curl -fsS -o 'log/#1.body.json' \""
            (list.url(publication.base_url, "log/[000001-$(jq .release index.json)].body.json")) "\"\n"
            "sh verify.sh root.pub " (origin) "\n"
        } }
        p { (messages.verify_one) }
        pre tabindex="0" { code {
            @for (at, key) in release.iter().enumerate() {
                "echo '" (origin) " namespaces=\"release.v1@changecast\" " (key) "' "
                (if at == 0 { ">" } else { ">>" }) " allowed_signers\n"
            }
            "ssh-keygen -Y verify -f allowed_signers -I " (origin) " -n release.v1@changecast \\\n"
            "  -s log/000001.json.sig < log/000001.json\n"
        } }
        dl {
            dt { (messages.log) } dd { code { (origin) } }
            @for key in root { dt { (messages.root_key) } dd { code { (key) } } }
            @for key in release { dt { (messages.release_key) } dd { code { (key) } } }
            dt { (messages.files) } dd { a href="list.json" { "list.json" } ", " a href="index.json" { "index.json" } ", " a href="verify.sh" { "verify.sh" } }
        }
    }
}
