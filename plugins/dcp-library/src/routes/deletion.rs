//! Deleting packages: `DELETE /dcps/{uuid}` for one copy, `POST /dcps/deletions` for many, and what would go,
//! `POST /dcps/deletions/preview`.

use super::body;
use crate::catalogue::Named;
use crate::trash::{self, MOST_PACKAGES, Plan, Reason, Wanted};
use lamphouse_plugin::Error;
use lamphouse_plugin::http::{Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Preview {
    packages: Vec<Wanted>,
}

/// For one package its name is typed.
#[derive(Deserialize)]
struct One {
    name: String,
    #[serde(default)]
    even_if: Vec<String>,
}

/// For many their number is.
#[derive(Deserialize)]
struct Many {
    packages: Vec<Wanted>,
    confirm: usize,
    #[serde(default)]
    even_if: Vec<String>,
}

/// What would go, and what speaks against it; nothing happens.
pub fn preview(request: &Request) -> Result<Response, Error> {
    let preview: Preview = body(request, "{\"packages\": [{\"id\": id, \"place\": \"library/Film\"}]}")?;
    let plans = planned(&preview.packages)?;
    let size_bytes = plans.iter().fold(0_u64, |sum, plan| sum.saturating_add(plan.size_bytes));
    let packages: Vec<Value> = plans.iter().map(shown).collect();
    let keep_days = trash::keep_days()?;
    Ok(Response::json(200, &json!({ "packages": packages, "size_bytes": size_bytes, "keep_days": keep_days })))
}

/// Puts one copy in the trash.
pub fn delete(uuid: &str, request: &Request) -> Result<Response, Error> {
    let One { name, even_if } = body(request, "{\"name\": \"name of the package\"}")?;
    let place = request.query_pairs().into_iter().find(|(name, _)| name == "place").map(|(_, value)| value);
    let plans = planned(&[Wanted { id: uuid.to_owned(), place }])?;
    if plans.iter().any(|plan| plan.name != name) {
        return Err(Error::Invalid("name: it is not the name of the package; type it as it is shown".to_owned()));
    }
    carry_out(&plans, &even_if)
}

/// Puts many copies in the trash, or none of them.
pub fn delete_many(request: &Request) -> Result<Response, Error> {
    let Many { packages, confirm, even_if } = body(request, "{\"packages\": [{\"id\": id}], \"confirm\": 1}")?;
    if confirm != packages.len() {
        return Err(Error::Invalid(format!("confirm: it is {confirm}, and {} packages are named", packages.len())));
    }
    carry_out(&planned(&packages)?, &even_if)
}

fn planned(wanted: &[Wanted]) -> Result<Vec<Plan>, Error> {
    if wanted.is_empty() || wanted.len() > MOST_PACKAGES {
        return Err(Error::Invalid(format!("packages: 1 to {MOST_PACKAGES} in one call")));
    }
    trash::plan(wanted)
}

fn carry_out(plans: &[Plan], even_if: &[String]) -> Result<Response, Error> {
    let refused: Vec<Value> = plans
        .iter()
        .filter(|plan| plan.standing(even_if).next().is_some())
        .map(|plan| {
            json!({
                "id": plan.id, "package_name": plan.name,
                "reasons": plan.standing(even_if).map(reason).collect::<Vec<_>>(),
            })
        })
        .collect();
    if !refused.is_empty() {
        return Ok(refusal(plans, even_if, &refused));
    }
    let ids = trash::delete(plans, even_if)?;
    let deletions: Vec<Value> =
        plans.iter().zip(ids).map(|(plan, id)| json!({ "package_id": plan.id, "trash_id": id })).collect();
    Ok(Response::json(202, &json!({ "deletions": deletions })))
}

/// A problem document with the reasons.
fn refusal(plans: &[Plan], even_if: &[String], refused: &[Value]) -> Response {
    let first = plans.iter().flat_map(|plan| plan.standing(even_if).map(move |reason| (plan, reason))).next();
    let message = first.map(|(plan, reason)| format!("{}: {}", plan.name, reason.message)).unwrap_or_default();
    let problem = json!({
        "type": "about:blank", "title": "Conflict", "status": 409, "code": "deletion_refused", "message": message,
        "packages": refused,
    });
    Response::with_type(409, "application/problem+json", problem.to_string().into_bytes())
}

fn shown(plan: &Plan) -> Value {
    json!({
        "id": plan.id, "package_name": plan.name, "content_title": plan.content_title, "mount": plan.mount,
        "path": plan.path, "copies_left": plan.copies_left, "file_count": plan.files, "size_bytes": plan.size_bytes,
        "reasons": plan.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn reason(reason: &Reason) -> Value {
    let named = |one: &Named| json!({ "id": one.id, "package_name": one.name });
    json!({
        "code": reason.code, "message": reason.message, "may_be_overruled": reason.may_be_overruled,
        "packages": reason.packages.iter().map(named).collect::<Vec<_>>(),
    })
}
