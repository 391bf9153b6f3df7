package io.holdfast.payment.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.testkit.process.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A payment node in memory that keeps idempotency as the API has it: the first answer under a key
 * is the answer, another body under it is refused.
 */
final class FakeNode implements AutoCloseable {

  static {
    // Before the first server: else each answer waits for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** What goes wrong with one request. */
  enum Fault {
    NONE,
    /** It is done, and the connection ends without an answer. */
    REPLY_LOST,
    /** The connection ends, and nothing was done. */
    REQUEST_LOST,
    UNAVAILABLE,
    /** It is done, and the answer is that nobody knows. */
    OUTCOME_UNKNOWN,
    IN_FLIGHT,
    TOO_MANY,
    MISDIRECTED,
    UNAUTHORIZED,
    REVOKED,
    NO_NODE
  }

  private record Stored(String body, int status, String answer) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final ObjectMapper mapper = new ObjectMapper();
  private final Map<String, Stored> byKey = new ConcurrentHashMap<>();
  private final Map<String, Long> received = new ConcurrentHashMap<>();
  private final Map<String, String> refusing = new ConcurrentHashMap<>();
  private final AtomicLong moved = new AtomicLong();
  private final AtomicInteger effects = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final List<String> authorizations = new ArrayList<>();
  private volatile Function<Integer, Fault> faults = request -> Fault.NONE;
  private volatile Function<String, String> pages = query -> "{}";

  FakeNode() throws IOException {
    server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.find(1).get(0)), 100);
    server.setExecutor(threads);
    server.createContext("/transfers", this::transfers);
    server.createContext("/accounts", this::accounts);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** By the number of the request, from 1. */
  FakeNode with(Function<Integer, Fault> schedule) {
    faults = schedule;
    return this;
  }

  /** Refuses whatever goes to an account. */
  FakeNode refusing(String account, String code) {
    refusing.put(account, code);
    return this;
  }

  /** Answers for pages of statements, by path and query. */
  FakeNode pages(Function<String, String> answers) {
    pages = answers;
    return this;
  }

  /** In minor units, of all currencies. */
  long moved() {
    return moved.get();
  }

  /** How many transfers took effect. */
  int effects() {
    return effects.get();
  }

  int requests() {
    return requests.get();
  }

  long received(String account) {
    return received.getOrDefault(account, 0L);
  }

  synchronized List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  private void transfers(HttpExchange exchange) throws IOException {
    try (exchange) {
      Fault fault = faults.apply(requests.incrementAndGet());
      synchronized (this) {
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      }
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      switch (fault) {
        case NONE -> answer(exchange, key, body);
        case REPLY_LOST -> execute(key, body);
        case REQUEST_LOST -> {
          // Nothing is done, and nothing said.
        }
        case UNAVAILABLE -> problem(exchange, 503, "no-owner", true);
        case OUTCOME_UNKNOWN -> {
          execute(key, body);
          problem(exchange, 504, "outcome-unknown", true);
        }
        case IN_FLIGHT -> problem(exchange, 409, "in-flight", true);
        case TOO_MANY -> problem(exchange, 429, "rate-limited", true);
        case MISDIRECTED -> problem(exchange, 421, "not-owner", true);
        case UNAUTHORIZED -> problem(exchange, 401, "unauthenticated", false);
        case REVOKED -> problem(exchange, 403, "caller-revoked", false);
        case NO_NODE -> send(exchange, 404, "text/html", "<html/>");
      }
    }
  }

  private void answer(HttpExchange exchange, String key, String body) throws IOException {
    boolean replayed = byKey.containsKey(key);
    Stored stored = execute(key, body);
    if (!stored.body.equals(body)) {
      problem(exchange, 422, "idempotency-key-reused", false);
      return;
    }
    if (replayed) {
      exchange.getResponseHeaders().set("Idempotency-Replayed", "true");
    }
    send(
        exchange,
        stored.status,
        stored.status == 201 ? "application/json" : "application/problem+json",
        stored.answer);
  }

  private Stored execute(String key, String body) {
    return byKey.computeIfAbsent(
        key,
        first -> {
          JsonNode json;
          try {
            json = mapper.readTree(body);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          String to = json.path("to").asText();
          if (refusing.containsKey(to)) {
            return new Stored(body, 422, problem(422, refusing.get(to), false));
          }
          long amount = json.path("amount").asLong();
          moved.addAndGet(amount);
          effects.incrementAndGet();
          received.merge(to, amount, Long::sum);
          return new Stored(body, 201, body);
        });
  }

  private static String problem(int status, String code, boolean retryable) {
    return "{\"type\":\"urn:holdfast:payment:%s\",\"status\":%d,\"code\":\"%s\",\"retryable\":%s,\"detail\":\"It is so.\"}"
        .formatted(code, status, code, retryable);
  }

  private static void problem(HttpExchange exchange, int status, String code, boolean retryable)
      throws IOException {
    send(exchange, status, "application/problem+json", problem(status, code, retryable));
  }

  private void accounts(HttpExchange exchange) throws IOException {
    try (exchange) {
      String asked = URLDecoder.decode(exchange.getRequestURI().toString(), StandardCharsets.UTF_8);
      String page = pages.apply(asked);
      if (page.isEmpty()) {
        problem(exchange, 404, "unknown-account", false);
      } else {
        send(exchange, 200, "application/json", page);
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
