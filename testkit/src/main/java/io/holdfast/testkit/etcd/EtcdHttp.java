package io.holdfast.testkit.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The two questions that an etcd server answers over plain HTTP. */
public final class EtcdHttp {

  private static final int BOUND_MILLIS = 2_000;

  private EtcdHttp() {}

  /** True if the server can read with a quorum. */
  public static boolean healthy(String endpoint) {
    return get(endpoint, "/health").contains("\"health\":\"true\"");
  }

  /** True if the server believes that it leads. */
  public static boolean leads(String endpoint) {
    return get(endpoint, "/metrics").contains("\netcd_server_is_leader 1");
  }

  private static String get(String endpoint, String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create("http://" + endpoint + path).toURL().openConnection();
      connection.setConnectTimeout(BOUND_MILLIS);
      connection.setReadTimeout(BOUND_MILLIS);
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
