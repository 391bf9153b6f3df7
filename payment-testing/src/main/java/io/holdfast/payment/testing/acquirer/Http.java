package io.holdfast.payment.testing.acquirer;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server on loopback: what both of a simulator's have in common. */
final class Http {

  private static final Logger LOG = LoggerFactory.getLogger(Http.class);
  private static final int LONGEST_BODY = 64 * 1024;

  private Http() {}

  /** Answers one request, or leaves it unanswered. */
  interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  static HttpServer start(int port, ExecutorService threads, Handler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try {
            handler.handle(exchange);
          } catch (IllegalArgumentException e) {
            answer(exchange, 422, "{\"error\":\"" + e.getMessage() + "\"}");
          } catch (UncheckedIOException | IllegalStateException e) {
            LOG.warn("a call failed", e);
            answer(exchange, 500, "{}");
          }
        });
    server.start();
    return server;
  }

  static JsonNode body(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY);
    try {
      return ChargeJournal.MAPPER.readTree(body.length == 0 ? new byte[] {'{', '}'} : body);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException("the body is no JSON", e);
    }
  }

  static String name(JsonNode of, String field) {
    String text = of.path(field).asText();
    if (!text.matches("[A-Za-z0-9._:-]{1,100}")) {
      throw new IllegalArgumentException(field + " is 1 to 100 letters, digits and . _ : -");
    }
    return text;
  }

  static void answer(HttpExchange exchange, int status, String json) throws IOException {
    answer(exchange, status, "application/json", json);
  }

  static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }
}
