//! The shell, assets of plugins and the frame page.

use crate::client::{call, get};
use crate::fakes::HASH;
use crate::harness::{Host, IMPORT_MAP};
use crate::plugin_routes::escapes;
use base64::Engine;
use sha2::{Digest, Sha256};

fn map_hash() -> String {
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(IMPORT_MAP)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shell_answers_every_address_it_routes_under_its_strict_policy() {
    let host = Host::start().await;
    let expected = format!(
        "default-src 'none'; script-src 'self' {}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; frame-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'",
        map_hash()
    );
    for target in [
        "/",
        "/plugins",
        "/plugins/probe",
        "/plugins/probe/settings",
        "/p/probe/things",
        "/setup?x=1",
        "/index.html",
        "/jobs/1",
    ] {
        let page = host.send(get(target)).await.expect(200);
        assert!(page.text().contains("importmap"), "{target}");
        assert_eq!(page.header("content-security-policy"), Some(expected.as_str()));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(value), "{target}");
        }
        assert!(page.header("permissions-policy").is_some());
        let tag = page.header("etag").unwrap();
        host.send(get(target).header("if-none-match", tag)).await.expect(304);
    }
    host.send(call("POST", "/")).await.expect(405);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_sent_compressed_as_the_client_likes() {
    let host = Host::start().await;
    for (accepts, encoding, body) in [
        ("gzip, deflate, br", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("br;q=0, gzip", Some("gzip"), "gzip"),
        ("identity", None, "plain"),
        ("", None, "plain"),
    ] {
        let file = host.send(get("/assets/main-1.js").header("accept-encoding", accepts)).await.expect(200);
        assert_eq!((file.header("content-encoding"), file.text().as_str()), (encoding, body), "{accepts}");
        assert_eq!(file.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(file.header("vary"), Some("accept-encoding"));
    }
    host.send(get("/assets/none.js")).await.expect(404);
    host.send(get("/assets/main-1.js.br")).await.expect(404);
    assert_eq!(host.send(get("/favicon.svg")).await.expect(200).header("content-type"), Some("image/svg+xml"));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assets_of_a_plugin_never_change_and_can_do_nothing_by_themselves() {
    let host = Host::with_probe().await;
    let base = format!("/plugins/probe/{}/", &HASH[..12]);
    let script = host.send(get(&format!("{base}ui/index.js"))).await.expect(200);
    assert_eq!(script.text(), "export default 1");
    let page = host.send(get(&format!("{base}ui/page.html"))).await.expect(200);
    for answer in [&script, &page] {
        for (name, value) in [
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("cache-control", "public, max-age=31536000, immutable"),
        ] {
            assert_eq!(answer.header(name), Some(value));
        }
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    let tag = script.header("etag").unwrap();
    host.send(get(&format!("{base}ui/index.js")).header("if-none-match", tag)).await.expect(304);
    host.send(get(&format!("{base}ui/none.js"))).await.expect(404);
    host.send(get("/plugins/probe/000000000000/ui/index.js")).await.expect(404);
    host.send(get(&format!("/plugins/other/{}/ui/index.js", &HASH[..12]))).await.expect(404);
    host.send(call("POST", &format!("{base}ui/index.js"))).await.expect(405);
    for escape in escapes() {
        let answer = host.send(get(&format!("{base}{escape}"))).await;
        assert!([400, 404].contains(&answer.status), "{escape}: {}", answer.status);
    }
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_framed_plugin_has_a_page_that_loads_its_own_files_and_the_shells() {
    let host = Host::with_probe().await;
    let hash = &HASH[..12];
    let page = host.send(get(&format!("/plugin-frame/probe/{hash}/ThingsCard"))).await.expect(200);
    let own = format!("http://{}", host.address);
    let expected = format!(
        "sandbox allow-scripts allow-forms allow-downloads; default-src 'none'; script-src {own}/assets/ \
         {own}/plugins/probe/{hash}/ {}; style-src {own}/assets/ {own}/plugins/probe/{hash}/ 'unsafe-inline'; \
         img-src {own}/plugins/probe/{hash}/ data: blob:; font-src {own}/assets/; connect-src 'none'; \
         form-action 'none'; base-uri 'none'; frame-ancestors {own}",
        map_hash()
    );
    assert_eq!(page.header("content-security-policy"), Some(expected.as_str()));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let html = page.text();
    assert!(html.contains(&format!("<script type=\"importmap\">{IMPORT_MAP}</script>")), "{html}");
    assert!(html.contains("src=\"/assets/frame-1.js\"") && html.contains("href=\"/assets/main-1.css\""), "{html}");
    assert!(html.contains("Probe &lt;&amp;&quot;&gt; it"), "the manifest's text is no markup: {html}");
    for target in [
        format!("/plugin-frame/probe/{hash}/NoSuchExport"),
        "/plugin-frame/probe/000000000000/ThingsCard".to_owned(),
        format!("/plugin-frame/other/{hash}/ThingsCard"),
        format!("/plugin-frame/probe/{hash}"),
        "/plugin-frame/".to_owned(),
    ] {
        host.send(get(&target)).await.expect(404);
    }
    let injected = get(&format!("/plugin-frame/probe/{hash}/ThingsCard")).header("host", "a;script-src *");
    assert_eq!(host.send(injected).await.status, 400);
    host.stop().await;
}
