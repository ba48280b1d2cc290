//! Absent or null, never both: generators make two layers of options of a member that may be either.
//!
//! A member that is always there may be null. One that may be absent is described as never null; in a request null is taken
//! for absent all the same.

use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr};

/// Takes null from every member that may be absent.
pub fn settle(openapi: &mut OpenApi) {
    let components = openapi.components.get_or_insert_default();
    for schema in components.schemas.values_mut() {
        let RefOr::T(Schema::Object(object)) = schema else {
            continue;
        };
        for (name, member) in &mut object.properties {
            if !object.required.contains(name) {
                *member = without_null(std::mem::take(member));
            }
        }
    }
}

fn without_null(member: RefOr<Schema>) -> RefOr<Schema> {
    let mut schema = match member {
        RefOr::T(schema) => schema,
        reference => return reference,
    };
    match &mut schema {
        Schema::Object(it) => lose_null(&mut it.schema_type),
        Schema::Array(it) => lose_null(&mut it.schema_type),
        Schema::OneOf(it) => {
            it.items.retain(|item| !is_null(item));
            if it.items.len() == 1 {
                return it.items.remove(0);
            }
        }
        _ => {}
    }
    RefOr::T(schema)
}

fn lose_null(types: &mut SchemaType) {
    if let SchemaType::Array(several) = types {
        several.retain(|it| *it != Type::Null);
        if let [only] = several.as_slice() {
            *types = SchemaType::Type(only.clone());
        }
    }
}

fn is_null(item: &RefOr<Schema>) -> bool {
    matches!(item, RefOr::T(Schema::Object(it)) if it.schema_type == SchemaType::Type(Type::Null))
}
