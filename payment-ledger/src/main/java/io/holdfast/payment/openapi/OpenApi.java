package io.holdfast.payment.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Scenario;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The OpenAPI 3.1 description of what scenarios can be asked: a POST for each operation that a
 * client may ask for, a GET for documents, accounts, statements and what became of a key. Requests
 * are described by their records, as {@code Json} reads them; what a record's constructor checks
 * beyond that is not in it. Answers are described where {@link Operation#answer} says what they
 * are.
 */
public final class OpenApi {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String BOOKS = "books";
  private static final Pattern PARAMETER = Pattern.compile("\\{([a-zA-Z]+)}");

  private final Schemas schemas = new Schemas();
  private final ObjectNode paths = JSON.objectNode();
  private final ArrayNode tags = JSON.arrayNode();

  private OpenApi() {}

  /**
   * The description of these, in their order.
   *
   * @param scenarios as they are served: with proposals in the place of what needs two operators
   * @throws IllegalArgumentException if a record has a type that is not known here
   */
  public static ObjectNode of(List<Scenario> scenarios) {
    OpenApi api = new OpenApi();
    scenarios.forEach(api::add);
    api.addReads();
    return api.document();
  }

  private ObjectNode document() {
    ObjectNode document = JSON.objectNode().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Holdfast payment ledger")
        .put("version", "1")
        .put(
            "description",
            "Amounts are minor units of an ISO 4217 currency. Each POST carries an Idempotency-Key:"
                + " sent again with the same key it is done once, and answered the same.");
    document.putArray("security").addObject().putArray("bearer");
    document.set("tags", tags);
    document.set("paths", paths);
    ObjectNode components = document.putObject("components");
    components.set("schemas", schemas.components().setAll(Responses.schemas()));
    components.set("responses", Responses.components());
    components
        .putObject("parameters")
        .<ObjectNode>set("IdempotencyKey", idempotencyKey())
        .set("Timeout", timeout());
    components
        .putObject("securitySchemes")
        .putObject("bearer")
        .put("type", "http")
        .put("scheme", "bearer")
        .put("description", "An API key.");
    return document;
  }

  private void add(Scenario scenario) {
    tags.addObject().put("name", scenario.name());
    List<String> kinds = scenario.documents().stream().map(DocumentKind::name).toList();
    for (Operation<?> operation : scenario.operations()) {
      if (!operation.roles().equals(Set.of(Role.SYSTEM))) {
        path(operation.route().path()).set("post", post(operation, scenario.name(), kinds));
      }
    }
    for (DocumentKind<?> kind : scenario.documents()) {
      addCollection(kind, scenario.name());
    }
  }

  private ObjectNode path(String path) {
    return paths.withObjectProperty(path);
  }

  private ObjectNode post(Operation<?> operation, String tag, List<String> kinds) {
    Optional<ObjectNode> example = Examples.of(operation, kinds);
    ObjectNode post = described(operation.type(), sentence(operation.type()), tag);
    Set<Role> roles = new TreeSet<>(operation.roles());
    roles.remove(Role.SYSTEM);
    roles(post, roles);
    ArrayNode parameters = post.putArray("parameters");
    parameters.addObject().put("$ref", "#/components/parameters/IdempotencyKey");
    parameters.addObject().put("$ref", "#/components/parameters/Timeout");
    List<String> inPath = parameters(operation.route().path());
    for (String name : inPath) {
      ObjectNode parameter =
          parameter(name, "path", schemas.of(component(operation, name).getGenericType()));
      example.ifPresent(each -> parameter.set("example", each.get(name)));
      parameters.add(parameter);
    }
    ObjectNode body = post.putObject("requestBody").put("required", true);
    ObjectNode json = body.putObject("content").putObject("application/json");
    json.set("schema", schemas.body(operation.request(), Set.copyOf(inPath)));
    example.ifPresent(each -> json.set("example", each.deepCopy().remove(inPath)));
    ObjectNode answer = operation.answer().map(schemas::of).orElseGet(Responses::anyObject);
    post.set("responses", Responses.ofPost(operation.route().status(), answer));
    return post;
  }

  private void addCollection(DocumentKind<?> kind, String tag) {
    Set<Role> readers =
        kind.readers() == DocumentKind.Readers.OPERATORS
            ? Set.of(Role.OPERATOR, Role.AUDITOR)
            : Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR, Role.AUDITOR);
    String documents = kind.collection().substring(1);
    ObjectNode document = Responses.document(schemas, kind.type());
    ObjectNode one = described("get-" + kind.name(), "One of " + documents, tag);
    roles(one, readers);
    one.putArray("parameters").add(parameter("id", "path", schemas.of(DocumentId.class)));
    one.set("responses", Responses.ofGet(document));
    path(kind.collection() + "/{id}").set("get", one);
    ObjectNode all = described("list-" + kind.name(), "The " + documents + " of an account", tag);
    roles(all, readers);
    ArrayNode parameters = all.putArray("parameters");
    parameters.add(parameter("account", "query", schemas.of(AccountId.class)));
    page(parameters, schemas.of(DocumentId.class));
    all.set("responses", Responses.ofGet(Responses.list("documents", document)));
    path(kind.collection()).set("get", all);
  }

  private void addReads() {
    ObjectNode id = parameter("id", "path", schemas.of(AccountId.class));
    ObjectNode name = schemas.of(String.class);
    read("/accounts/{id}", "get-account", "An account", Read.Account.class).add(id);
    ArrayNode accounts =
        read("/accounts", "list-accounts", "The accounts of an owner", Read.Accounts.class);
    accounts.add(parameter("owner", "query", name).put("required", false));
    page(accounts, schemas.of(AccountId.class));
    page(
        read("/accounts/{id}/statement", "get-statement", "Its entries", Read.Statement.class)
            .add(id),
        schemas.of(long.class));
    read("/operations/{key}", "get-operation", "What became of a request", Read.Operation.class)
        .add(parameter("key", "path", schemas.of(IdempotencyKey.class)))
        .add(
            parameter("about", "query", name)
                .put("description", "the account or document that the request was about"))
        .add(parameter("caller", "query", name).put("required", false));
    tags.addObject().put("name", BOOKS);
  }

  /** Its parameters are to be added. */
  private ArrayNode read(String path, String id, String summary, Class<? extends Record> answer) {
    ObjectNode get = described(id, summary, BOOKS);
    roles(get, Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR, Role.AUDITOR));
    ArrayNode parameters = get.putArray("parameters");
    get.set("responses", Responses.ofGet(schemas.of(answer)));
    path(path).set("get", get);
    return parameters;
  }

  private ObjectNode idempotencyKey() {
    return parameter("Idempotency-Key", "header", schemas.of(IdempotencyKey.class))
        .put("description", "Of the client's own; the same at every retry of one request.");
  }

  private static ObjectNode timeout() {
    ObjectNode millis = JSON.objectNode().put("type", "integer").put("minimum", 1);
    return parameter("Holdfast-Timeout-Millis", "header", millis.put("maximum", 999_999_999))
        .put("required", false)
        .put(
            "description",
            "How long the client waits for the answer; 30000 if it does not say. What has waited"
                + " for half of that is not begun.");
  }

  private static void page(ArrayNode parameters, ObjectNode after) {
    parameters.add(parameter("after", "query", after).put("required", false));
    ObjectNode limit = JSON.objectNode().put("type", "integer").put("minimum", 1);
    parameters.add(parameter("limit", "query", limit).put("required", false));
  }

  private static ObjectNode parameter(String name, String in, ObjectNode schema) {
    ObjectNode parameter = JSON.objectNode().put("name", name).put("in", in).put("required", true);
    parameter.set("schema", schema);
    return parameter;
  }

  private static ObjectNode described(String id, String summary, String tag) {
    ObjectNode operation = JSON.objectNode().put("operationId", id).put("summary", summary);
    operation.putArray("tags").add(tag);
    return operation;
  }

  private static void roles(ObjectNode operation, Set<Role> roles) {
    ArrayNode names = operation.putArray("x-roles");
    new TreeSet<>(roles).forEach(each -> names.add(each.name()));
  }

  private static RecordComponent component(Operation<?> operation, String name) {
    for (RecordComponent each : operation.request().getRecordComponents()) {
      if (each.getName().equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException(operation.type() + " has no component " + name);
  }

  private static List<String> parameters(String path) {
    List<String> names = new ArrayList<>();
    Matcher found = PARAMETER.matcher(path);
    while (found.find()) {
      names.add(found.group(1));
    }
    return names;
  }

  /** {@code apply-for-loan} for people: Apply for loan. */
  private static String sentence(String type) {
    return type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1).replace('-', ' ');
  }
}
