package io.holdfast.payment.openapi;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is answered: what was asked for, or an RFC 9457 problem by its status. */
final class Responses {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Map<Integer, String> PROBLEMS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(400, "The request is not valid."),
              Map.entry(401, "No caller is known by this key."),
              Map.entry(403, "The caller may not."),
              Map.entry(404, "What it names does not exist, or is not the caller's to see."),
              Map.entry(409, "It does not fit the state that things are in."),
              Map.entry(413, "The body is too large."),
              Map.entry(415, "The body is no plain JSON."),
              Map.entry(421, "Another node has to be asked."),
              Map.entry(422, "It can never be done, or the key belongs to another request."),
              Map.entry(429, "The caller asks too often."),
              Map.entry(500, "The node failed; sent again with the same key it is done once."),
              Map.entry(503, "Not now; sent again with the same key it is done once."),
              Map.entry(504, "It may have been done; sent again with the same key it says.")));
  private static final List<Integer> OF_READS = List.of(400, 401, 403, 404, 429, 500, 503);

  private Responses() {}

  static ObjectNode anyObject() {
    return JSON.objectNode().put("type", "object");
  }

  static ObjectNode ofPost(int status, ObjectNode answer) {
    ObjectNode responses = JSON.objectNode();
    ObjectNode done = done(status == 202 ? "Accepted." : "Done.", answer);
    ObjectNode replayed = done.putObject("headers").putObject("Idempotency-Replayed");
    replayed.put("description", "true if this is the answer to an earlier request with this key");
    replayed.putObject("schema").put("type", "string").putArray("enum").add("true");
    responses.set(Integer.toString(status), done);
    PROBLEMS.keySet().forEach(each -> problem(responses, each));
    return responses;
  }

  static ObjectNode ofGet(ObjectNode answer) {
    ObjectNode responses = JSON.objectNode();
    responses.set("200", done("Found.", answer));
    OF_READS.forEach(each -> problem(responses, each));
    return responses;
  }

  private static ObjectNode done(String description, ObjectNode answer) {
    ObjectNode response = JSON.objectNode().put("description", description);
    response.putObject("content").putObject("application/json").set("schema", answer);
    return response;
  }

  private static void problem(ObjectNode responses, int status) {
    responses
        .putObject(Integer.toString(status))
        .put("$ref", "#/components/responses/Problem" + status);
  }

  /** The body of a document, and what the ledger knows of it. */
  static ObjectNode document(Schemas schemas, Class<?> body) {
    ObjectNode known = anyObject();
    ObjectNode properties = known.putObject("properties");
    properties.set("id", schemas.of(DocumentId.class));
    properties.set("account", schemas.of(AccountId.class));
    properties.set("counterparty", schemas.of(AccountId.class));
    properties.set("due", schemas.of(Instant.class));
    known.putArray("required").add("id").add("account");
    ObjectNode both = JSON.objectNode();
    both.putArray("allOf").add(schemas.of(body)).add(known);
    return both;
  }

  /** Some of a list, in order. */
  static ObjectNode list(String name, ObjectNode item) {
    ObjectNode schema = anyObject();
    ObjectNode items = schema.putObject("properties").putObject(name).put("type", "array");
    items.set("items", item);
    schema.putArray("required").add(name);
    return schema;
  }

  /** The components that answers refer to. */
  static ObjectNode components() {
    ObjectNode components = JSON.objectNode();
    PROBLEMS.forEach(
        (status, description) -> {
          ObjectNode response = components.putObject("Problem" + status);
          response.put("description", description);
          response
              .putObject("content")
              .putObject("application/problem+json")
              .set("schema", Schemas.reference("Problem"));
          if (status == 429 || status == 503) {
            ObjectNode header = response.putObject("headers").putObject("Retry-After");
            header.put("description", "seconds");
            header.putObject("schema").put("type", "integer");
          }
        });
    return components;
  }

  /** The schema of a problem. */
  static Map<String, ObjectNode> schemas() {
    ObjectNode schema = anyObject().put("description", "RFC 9457, with a code and retryable");
    ObjectNode properties = schema.putObject("properties");
    properties.putObject("type").put("type", "string").put("format", "uri");
    properties.putObject("title").put("type", "string");
    properties.putObject("status").put("type", "integer");
    properties.putObject("detail").put("type", "string");
    properties
        .putObject("code")
        .put("type", "string")
        .put("pattern", "^[a-z0-9-]+$")
        .put("description", "for programs; never changed");
    properties
        .putObject("retryable")
        .put("type", "boolean")
        .put("description", "whether the same request with the same key may go otherwise later");
    List.of("type", "title", "status", "detail", "code", "retryable")
        .forEach(schema.withArrayProperty("required")::add);
    return Map.of("Problem", schema);
  }
}
