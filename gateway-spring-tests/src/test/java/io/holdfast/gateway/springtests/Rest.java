package io.holdfast.gateway.springtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** Requests as Eureka's clients send them, one by one. */
final class Rest {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;

  Rest(URI base) {
    this.base = base;
  }

  HttpResponse<String> send(String method, String path, Optional<String> body, String accept)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .header("Accept", accept)
            .header("Authorization", "Bearer " + TestGateway.TOKEN)
            .method(method, body.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
    body.ifPresent(text -> request.header("Content-Type", "application/json"));
    return client.send(request.build(), BodyHandlers.ofString());
  }

  int status(String method, String path) throws IOException, InterruptedException {
    return send(method, path, Optional.empty(), "application/json").statusCode();
  }

  int register(String app, String instance) throws IOException, InterruptedException {
    return send("POST", "/apps/" + app, Optional.of(instance), "application/json").statusCode();
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    return JSON.readTree(send("GET", path, Optional.empty(), "application/json").body());
  }

  /** An instance as clients describe it. */
  static String instance(String app, String id, String status, long dirty) {
    ObjectNode one = JSON.createObjectNode();
    one.put("instanceId", id);
    one.put("hostName", "host-1.example");
    one.put("app", app);
    one.put("ipAddr", "10.0.0.7");
    one.put("status", status);
    one.put("overriddenStatus", "UNKNOWN");
    one.putObject("port").put("$", 8080).put("@enabled", "true");
    one.putObject("securePort").put("$", 8443).put("@enabled", "false");
    one.put("countryId", 1);
    one.putObject("dataCenterInfo")
        .put("@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo")
        .put("name", "MyOwn");
    one.putObject("leaseInfo").put("renewalIntervalInSecs", 30).put("durationInSecs", 90);
    one.putObject("metadata")
        .put("zone", "z1")
        .put("management.port", "9090")
        .put("text", "a < b & \"c\" ü");
    one.put("homePageUrl", "http://host-1.example:8080/");
    one.put("statusPageUrl", "http://host-1.example:8080/info");
    one.put("healthCheckUrl", "http://host-1.example:8080/health");
    one.put("vipAddress", "orders-vip");
    one.put("secureVipAddress", "orders-secure");
    one.put("isCoordinatingDiscoveryServer", "false");
    one.put("lastUpdatedTimestamp", Long.toString(dirty));
    one.put("lastDirtyTimestamp", Long.toString(dirty));
    return JSON.createObjectNode().set("instance", one).toString();
  }
}
