package io.holdfast.benchmarks.doors;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Hashtable;
import javax.naming.NameNotFoundException;
import javax.naming.directory.InitialDirContext;

/** A client of a door, or of an original, that looks for an instance. For one thread. */
@FunctionalInterface
interface Probe {

  /**
   * Asks once; may wait for a change.
   *
   * @param id of the instance
   * @param address of the instance, which no other has
   */
  boolean shows(String id, String address) throws Exception;

  private static HttpResponse<String> get(HttpClient client, int port, String path)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .header("Accept", "application/json")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** A page that names the address. */
  static Probe page(HttpClient client, int port, String path) {
    return (id, address) -> get(client, port, path).body().contains("\"" + address + ":80\"");
  }

  /** The instance's own page of Eureka. */
  static Probe eureka(HttpClient client, int port, String app) {
    return (id, address) -> get(client, port, "/eureka/apps/" + app + "/" + id).statusCode() == 200;
  }

  /** Blocking queries of Consul, one after the other. */
  static Probe blockingQuery(HttpClient client, int port, String service) {
    String[] index = {"1"};
    return (id, address) -> {
      HttpResponse<String> answer =
          get(
              client,
              port,
              "/v1/health/service/" + service + "?passing&wait=20s&index=" + index[0]);
      index[0] = answer.headers().firstValue("X-Consul-Index").orElse("1");
      return answer.body().contains("\"" + address + "\"");
    };
  }

  /** The name of the instance's address, by the JDK's resolver. */
  @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // JNDI wants it so, and asks our own server only
  static Probe dns(int port, String service) throws Exception {
    Hashtable<String, String> settings = new Hashtable<>();
    settings.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
    settings.put("java.naming.provider.url", "dns://127.0.0.1:" + port);
    InitialDirContext resolver = new InitialDirContext(settings);
    return (id, address) -> {
      StringBuilder name = new StringBuilder();
      for (String part : address.split("\\.", -1)) {
        name.append("%02x".formatted(Integer.parseInt(part)));
      }
      try {
        return resolver
                .getAttributes(name + "." + service + ".holdfast", new String[] {"A"})
                .get("A")
            != null;
      } catch (NameNotFoundException e) {
        return false;
      }
    };
  }
}
