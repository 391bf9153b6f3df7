package io.holdfast.gateway.springtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same requests to the gateway and to a real Eureka server: the same answers. */
class EurekaComparisonTest {

  private static final Pattern TIME =
      Pattern.compile("(?i)\"?(\\w*timestamp|versions__delta)\"?(\"?:\"?|>)\\d+\"?");

  private static EurekaServer eureka;
  private static TestGateway gateway;
  private static Rest theirs;
  private static Rest ours;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    eureka = EurekaServer.start();
    gateway = TestGateway.start("memory://" + UUID.randomUUID() + "/test", folder);
    theirs = new Rest(eureka.uri());
    ours = new Rest(gateway.uri());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    eureka.close();
  }

  /** An answer without what differs by nature: times, and Spring's page for errors. */
  private static String essence(HttpResponse<String> answer) throws IOException {
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (answer.statusCode() >= 300) {
      return Integer.toString(answer.statusCode());
    }
    String body = TIME.matcher(answer.body()).replaceAll("$1");
    if (type.contains("json") && !answer.body().isEmpty()) {
      JsonNode tree = Rest.JSON.readTree(answer.body());
      withoutTimes(tree);
      body = sorted(tree).toPrettyString();
    }
    return answer.statusCode()
        + " "
        + type
        + "\n"
        + body.replaceAll(">\\s+<", "><").replace("&quot;", "\"");
  }

  private static void withoutTimes(JsonNode tree) {
    if (tree instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      names.removeIf(
          name ->
              !name.toLowerCase(Locale.ROOT).endsWith("timestamp")
                  && !name.equals("versions__delta"));
      // The client's own is to be the same.
      names.remove("lastDirtyTimestamp");
      object.remove(names);
    }
    tree.forEach(EurekaComparisonTest::withoutTimes);
  }

  /** Order of the metadata is that of a hash map there. */
  private static JsonNode sorted(JsonNode tree) throws IOException {
    Object plain = Rest.JSON.treeToValue(tree, Object.class);
    return Rest.JSON.readTree(
        Rest.JSON
            .writer()
            .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .writeValueAsString(plain));
  }

  private static void same(String method, String path) throws Exception {
    same(method, path, Optional.empty(), "application/json");
  }

  private static void same(String method, String path, Optional<String> body, String accept)
      throws Exception {
    HttpResponse<String> expected = theirs.send(method, path, body, accept);
    HttpResponse<String> actual = ours.send(method, path, body, accept);
    assertThat(essence(actual)).as(method + " " + path).isEqualTo(essence(expected));
  }

  private static void sameReads(String app, String id) throws Exception {
    for (String path :
        List.of(
            "/apps/",
            "/apps",
            "/apps/delta",
            "/apps/" + app,
            "/apps/" + app + "/" + id,
            "/instances/" + id,
            "/vips/orders-vip",
            "/vips/nobody",
            "/svips/orders-secure",
            "/apps/NOBODY",
            "/apps/" + app + "/nobody",
            "/instances/nobody")) {
      same("GET", path);
    }
  }

  @Test
  void life_ofAnInstance_isAnsweredAlike() throws Exception {
    String id = "host-1.example:orders:8080";
    String at = "/apps/ORDERS/" + id;
    Optional<String> first = Optional.of(Rest.instance("ORDERS", id, "STARTING", 1_000));
    same("PUT", at + "?status=UP&lastDirtyTimestamp=1000");
    same("POST", "/apps/ORDERS", first, "application/json");
    sameReads("ORDERS", id);
    same("PUT", at + "?status=STARTING&lastDirtyTimestamp=1000");
    same("PUT", at + "?status=UP&lastDirtyTimestamp=2000");
    same(
        "POST",
        "/apps/ORDERS",
        Optional.of(Rest.instance("ORDERS", id, "UP", 2_000)),
        "application/json");
    same("PUT", at + "?status=UP&lastDirtyTimestamp=2000");
    same("PUT", at + "?status=UP&lastDirtyTimestamp=1500");
    sameReads("ORDERS", id);
    same(
        "POST",
        "/apps/ORDERS",
        Optional.of(Rest.instance("ORDERS", id, "DOWN", 500)),
        "application/json");
    same("GET", at);
    same("PUT", at + "/metadata?color=blue");
    sameReads("ORDERS", id);
    same("PUT", at + "/status?value=OUT_OF_SERVICE&lastDirtyTimestamp=2000");
    sameReads("ORDERS", id);
    same("PUT", "/apps/ORDERS/nobody/status?value=UP");
    same("DELETE", "/apps/ORDERS/nobody/status");
    same("PUT", "/apps/ORDERS/nobody/metadata?a=b");
    same("DELETE", at + "/status");
    same("DELETE", at);
    same("DELETE", at);
    same("PUT", at + "?status=UP&lastDirtyTimestamp=2000");
    same("GET", "/apps");
    same("GET", "/apps/ORDERS");
  }

  @Test
  void xml_ofAnInstance_isTheSameText() throws Exception {
    String id = "host-1.example:xml:8080";
    Optional<String> body =
        Optional.of(
            Rest.instance("XML", id, "UP", 1_000)
                .replace("\"zone\":\"z1\",\"management.port\":\"9090\",", ""));
    same("POST", "/apps/XML", body, "application/json");
    same("GET", "/instances/" + id, Optional.empty(), "application/xml");
    same("GET", "/apps/XML", Optional.empty(), "*/*");
    same("DELETE", "/apps/XML/" + id);
  }

  @Test
  void registration_incomplete_isRefusedAlike() throws Exception {
    for (String body :
        List.of(
            "{oops",
            "{}",
            "{\"instance\":{}}",
            "{\"instance\":{\"instanceId\":\"a\",\"app\":\"BAD\"}}",
            Rest.instance("OTHER", "a", "UP", 1_000))) {
      same("POST", "/apps/BAD", Optional.of(body), "application/json");
    }
  }
}
