package io.holdfast.testkit.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** What an etcd server answers over plain HTTP. */
public final class EtcdHttp {

  private static final int BOUND_MILLIS = 2_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private EtcdHttp() {}

  /** True if the server can read with a quorum. */
  public static boolean healthy(String endpoint) {
    return get(endpoint, "/health").contains("\"health\":\"true\"");
  }

  /** True if the server believes that it leads. */
  public static boolean leads(String endpoint) {
    return get(endpoint, "/metrics").contains("\netcd_server_is_leader 1");
  }

  /** How many requests of a kind, such as {@code Txn}, the server has answered without an error. */
  public static long answered(String endpoint, String method) {
    return sum(
        endpoint,
        line ->
            line.startsWith("grpc_server_handled_total{grpc_code=\"OK\"")
                && line.contains("grpc_method=\"" + method + "\""));
  }

  /** How many messages the server has had from clients, those of calls that go on among them. */
  public static long received(String endpoint) {
    return sum(endpoint, line -> line.startsWith("grpc_server_msg_received_total{"));
  }

  private static long sum(String endpoint, Predicate<String> counted) {
    return get(endpoint, "/metrics")
        .lines()
        .filter(counted)
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** True if the server knows of a leader, or did until lately: it asks nobody. */
  public static boolean hasLeader(String endpoint) {
    try {
      return !post(endpoint, "/v3/maintenance/status", "{}").path("leader").asText("0").equals("0");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Calls etcd's own interface by its gateway.
   *
   * @param path such as {@code /v3/kv/range}
   * @param body in JSON, bytes in base 64
   * @throws IOException if it does not answer, or with an error
   */
  public static JsonNode post(String endpoint, String path, String body) throws IOException {
    HttpURLConnection connection = open(endpoint, path);
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    try {
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
      try (InputStream reply = connection.getInputStream()) {
        return JSON.readTree(reply);
      }
    } finally {
      connection.disconnect();
    }
  }

  private static HttpURLConnection open(String endpoint, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://" + endpoint + path).toURL().openConnection();
    connection.setConnectTimeout(BOUND_MILLIS);
    connection.setReadTimeout(BOUND_MILLIS);
    return connection;
  }

  private static String get(String endpoint, String path) {
    try {
      HttpURLConnection connection = open(endpoint, path);
      try (InputStream body = connection.getInputStream()) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return "";
    }
  }
}
