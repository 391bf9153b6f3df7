package io.holdfast.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.spi.tls.TlsMaterial;
import io.holdfast.testkit.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Services and EndpointSlices of one namespace over HTTPS, with the checks of a real API server:
 * bearer token, content type, resource versions, preconditions, pages, and what it validates in an
 * EndpointSlice.
 */
final class MockApiServer implements AutoCloseable {

  static final String NAMESPACE = "payments";

  /** As a status: it is done, and a proxy on the way answers instead. */
  static final int REPLY_LOST = 504;

  /** As a status: the headers come, and the body never does. */
  static final int STALLED = 299;

  /** As a status: the body has no end. */
  static final int ENDLESS = 298;

  private static final String SLICES =
      "/apis/discovery.k8s.io/v1/namespaces/" + NAMESPACE + "/endpointslices";
  private static final String SERVICES = "/api/v1/namespaces/" + NAMESPACE + "/services/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final SliceChecks checks = new SliceChecks();

  /** Guarded by this, as are the fields below. */
  private final Map<String, ObjectNode> slices = new TreeMap<>();

  private final Map<String, ObjectNode> services = new HashMap<>();
  private final ArrayList<Fault> faults = new ArrayList<>();
  private long version = 100;

  /** Tokens that are accepted. */
  final java.util.Set<String> tokens = ConcurrentHashMap.newKeySet();

  /** The writes that came in, as {@code POST} or {@code PUT name}, refused or not. */
  final List<String> writes = new CopyOnWriteArrayList<>();

  /** The status of each answer. */
  final List<Integer> answers = new CopyOnWriteArrayList<>();

  /** So many slices on one page of a list, at most. */
  volatile int page = 250;

  /** False if lists have what was not asked for, too. */
  volatile boolean selects = true;

  /** An answer in place of the right one. */
  private record Fault(String method, int status, Optional<String> retryAfter, Runnable before) {}

  /** What is answered. */
  private record Answer(int status, @Nullable JsonNode body) {}

  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  MockApiServer(TestAuthority authority) throws IOException, GeneralSecurityException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ClientCertificate own = authority.server();
    char[] password = "changeit".toCharArray();
    KeyStore store = TlsMaterial.keyStore(own, password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI uri() {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Makes a Service; headless and without selector unless {@code spec} says otherwise. */
  synchronized void service(String name, Map<String, Object> spec) {
    ObjectNode node = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Service");
    node.putObject("metadata").put("name", name).put("uid", UUID.randomUUID().toString());
    node.putObject("spec").put("clusterIP", "None").put("type", "ClusterIP");
    ((ObjectNode) node.get("spec")).setAll(JSON.<ObjectNode>valueToTree(spec));
    services.put(name, node);
  }

  /** The next request of this method is answered so; {@code before} runs first. */
  synchronized void fail(String method, int status, @Nullable String retryAfter, Runnable before) {
    faults.add(new Fault(method, status, Optional.ofNullable(retryAfter), before));
  }

  /** All slices, by name. */
  synchronized List<JsonNode> slices() {
    return List.copyOf(slices.values().stream().map(ObjectNode::deepCopy).toList());
  }

  /** As {@code kubectl edit} would. */
  synchronized void edit(String name, java.util.function.Consumer<ObjectNode> change) {
    ObjectNode node = java.util.Objects.requireNonNull(slices.get(name));
    change.accept(node);
    node.withObject("metadata").put("resourceVersion", Long.toString(++version));
  }

  /** As {@code kubectl delete} would. */
  synchronized void remove(String name) {
    slices.remove(name);
  }

  /** As {@code kubectl create} would. */
  synchronized void add(ObjectNode slice) throws IOException {
    try {
      create(slice);
    } catch (Refused e) {
      throw new IOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      if (!method.equals("GET")) {
        writes.add(method + path.substring(Math.min(SLICES.length(), path.length())));
      }
      Answer answer;
      Optional<Fault> fault = takeFault(method);
      if (fault.isPresent()) {
        fault.get().before().run();
        if (fault.get().status() == REPLY_LOST) {
          answerOrRefuse(exchange, method, path, body);
        }
        if (fault.get().status() == STALLED) {
          exchange.sendResponseHeaders(200, 1_000);
          new CountDownLatch(1).await();
        }
        if (fault.get().status() == ENDLESS) {
          exchange.sendResponseHeaders(200, 0);
          byte[] part = new byte[1 << 16];
          Arrays.fill(part, (byte) ' ');
          while (true) {
            exchange.getResponseBody().write(part);
          }
        }
        fault
            .get()
            .retryAfter()
            .ifPresent(text -> exchange.getResponseHeaders().set("Retry-After", text));
        answer = new Answer(fault.get().status(), status(fault.get().status(), "a fault"));
      } else {
        answer = answerOrRefuse(exchange, method, path, body);
      }
      answers.add(answer.status());
      byte[] bytes = JSON.writeValueAsBytes(answer.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Answer answerOrRefuse(HttpExchange exchange, String method, String path, byte[] body)
      throws IOException {
    try {
      return answer(exchange, method, path, body);
    } catch (Refused e) {
      return new Answer(e.status, status(e.status, e.getMessage()));
    }
  }

  private synchronized Optional<Fault> takeFault(String method) {
    Optional<Fault> found =
        faults.stream().filter(fault -> fault.method().equals(method)).findFirst();
    found.ifPresent(faults::remove);
    return found;
  }

  private static JsonNode status(int code, @Nullable String message) {
    return JSON.createObjectNode()
        .put("kind", "Status")
        .put("apiVersion", "v1")
        .put("status", "Failure")
        .put("message", message)
        .put("code", code);
  }

  private synchronized Answer answer(HttpExchange exchange, String method, String path, byte[] body)
      throws Refused, IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization == null
        || !authorization.startsWith("Bearer ")
        || !tokens.contains(authorization.substring("Bearer ".length()))) {
      throw new Refused(401, "Unauthorized");
    }
    if (body.length > 0
        && !"application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      throw new Refused(415, "the body of the request was in an unknown format");
    }
    if (path.startsWith(SERVICES) && method.equals("GET")) {
      ObjectNode service = services.get(path.substring(SERVICES.length()));
      if (service == null) {
        throw new Refused(404, "services not found");
      }
      return new Answer(200, service);
    }
    if (!path.startsWith(SLICES)) {
      throw new Refused(403, "forbidden: no role allows " + path);
    }
    String name = path.length() == SLICES.length() ? "" : path.substring(SLICES.length() + 1);
    return switch (method) {
      case "GET" -> new Answer(200, list(query(exchange.getRequestURI().getRawQuery())));
      case "POST" -> new Answer(201, create(object(body)));
      case "PUT" -> new Answer(200, replace(name, object(body)));
      case "DELETE" -> new Answer(200, delete(name, object(body)));
      default -> throw new Refused(405, "not allowed");
    };
  }

  private static ObjectNode object(byte[] body) throws Refused, IOException {
    if (JSON.readTree(body) instanceof ObjectNode object) {
      return object;
    }
    throw new Refused(400, "no object");
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      String[] sides = pair.split("=", 2);
      query.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private JsonNode list(Map<String, String> query) {
    List<ObjectNode> found =
        slices.values().stream()
            .filter(slice -> !selects || selected(slice, query.getOrDefault("labelSelector", "")))
            .toList();
    int from = Integer.parseInt(query.getOrDefault("continue", "0"));
    int limit = Math.min(page, Integer.parseInt(query.getOrDefault("limit", "100000")));
    int to = Math.min(found.size(), from + limit);
    ObjectNode list = JSON.createObjectNode().put("kind", "EndpointSliceList");
    ObjectNode metadata = list.putObject("metadata");
    if (to < found.size()) {
      metadata.put("continue", Integer.toString(to));
    }
    ArrayNode items = list.putArray("items");
    found.subList(from, to).forEach(slice -> items.add(slice.deepCopy()));
    return list;
  }

  private static boolean selected(ObjectNode slice, String selector) {
    for (String term : selector.isEmpty() ? new String[0] : selector.split(",")) {
      String[] sides = term.split("=", 2);
      if (!sides[1].equals(slice.at("/metadata/labels").path(sides[0]).asText(""))) {
        return false;
      }
    }
    return true;
  }

  private ObjectNode create(ObjectNode slice) throws Refused {
    ObjectNode metadata = slice.withObject("metadata");
    if (metadata.has("resourceVersion")) {
      throw new Refused(400, "resourceVersion should not be set on objects to be created");
    }
    if (metadata.path("name").asText("").isEmpty()) {
      metadata.put(
          "name",
          metadata.path("generateName").asText() + UUID.randomUUID().toString().substring(0, 5));
    }
    String name = metadata.path("name").asText();
    if (slices.containsKey(name)) {
      throw new Refused(409, "endpointslices \"" + name + "\" already exists");
    }
    check(slice, null);
    metadata.put("namespace", NAMESPACE).put("uid", UUID.randomUUID().toString());
    return store(name, slice);
  }

  private ObjectNode replace(String name, ObjectNode slice) throws Refused {
    ObjectNode before = existing(name);
    JsonNode asked = slice.at("/metadata/resourceVersion");
    if (!asked.asText("").equals(before.at("/metadata/resourceVersion").asText())) {
      throw new Refused(
          409, "the object has been modified; please apply your changes to the latest");
    }
    check(slice, before);
    return store(name, slice);
  }

  private ObjectNode existing(String name) throws Refused {
    ObjectNode there = slices.get(name);
    if (there == null) {
      throw new Refused(404, "endpointslices \"" + name + "\" not found");
    }
    return there;
  }

  private ObjectNode store(String name, ObjectNode slice) {
    slice.withObject("metadata").put("resourceVersion", Long.toString(++version));
    slices.put(name, slice);
    return slice.deepCopy();
  }

  private JsonNode delete(String name, ObjectNode options) throws Refused {
    ObjectNode there = existing(name);
    for (String field : List.of("uid", "resourceVersion")) {
      JsonNode wanted = options.path("preconditions").path(field);
      if (!wanted.isMissingNode() && !wanted.equals(there.path("metadata").path(field))) {
        throw new Refused(409, "Precondition failed: " + field);
      }
    }
    slices.remove(name);
    return JSON.createObjectNode().put("kind", "Status").put("status", "Success");
  }

  private void check(ObjectNode slice, @Nullable ObjectNode before) throws Refused {
    List<String> wrong = checks.of(slice);
    if (before != null && !before.path("addressType").equals(slice.path("addressType"))) {
      wrong.add("addressType: field is immutable");
    }
    if (!wrong.isEmpty()) {
      throw new Refused(422, "EndpointSlice is invalid: " + wrong);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
