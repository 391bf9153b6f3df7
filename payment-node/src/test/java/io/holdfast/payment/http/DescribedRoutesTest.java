package io.holdfast.payment.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.http.ApiNode.Reply;
import io.holdfast.payment.scenario.topup.acquirer.Notice;
import io.holdfast.payment.testing.Bank;
import io.holdfast.payment.testing.Sql;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a node says that it can be asked, what others tell it, and what it tells once only. */
class DescribedRoutesTest {

  /** About the node itself, for its operators and the other nodes; not for clients. */
  private static final Set<String> NODE =
      Set.of("/live", "/ready", "/health", "/metrics", "/openapi.json", "/acquirer/notices");

  private static Bank bank;
  private static ApiNode node;

  @BeforeAll
  static void open() throws Exception {
    bank = new Bank();
    node = ApiNode.start(bank, "node-1", Duration.ofSeconds(30));
    node.serveAll(1);
    bank.open("anna", 0);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
    bank.close();
  }

  private static JsonObject paths() throws Exception {
    return node.get("/openapi.json").body().getJsonObject("paths");
  }

  @Test
  void document_everyPath_isServed() throws Exception {
    JsonObject paths = paths();
    assertThat(paths.size()).isGreaterThan(20);
    for (String path : paths.fieldNames()) {
      // Nothing has this name, so whoever is asked says that it is wrong.
      String asked = path.replaceAll("\\{[a-zA-Z]+}", "%21");
      for (String method : paths.getJsonObject(path).fieldNames()) {
        Reply reply = method.equals("get") ? node.get(asked) : node.post(asked, "", "{}");
        assertThat(reply.status()).as(method + " " + path).isIn(200, 400, 422);
      }
    }
  }

  @Test
  void document_everyRouteForClients_isInIt() throws Exception {
    Set<String> described = new TreeSet<>();
    JsonObject paths = paths();
    for (String path : paths.fieldNames()) {
      for (String method : paths.getJsonObject(path).fieldNames()) {
        described.add(method + " " + path);
      }
    }
    Set<String> served = new TreeSet<>();
    for (Route route : node.routes()) {
      String path = route.getPath();
      if (path == null || path.contains("(") || path.startsWith("/shards") || NODE.contains(path)) {
        continue;
      }
      for (HttpMethod method : route.methods()) {
        served.add(
            method.name().toLowerCase(Locale.ROOT) + " " + path.replaceAll(":([a-zA-Z]+)", "{$1}"));
      }
    }
    assertThat(described).containsExactlyInAnyOrderElementsOf(served);
  }

  @Test
  void webhook_registered_tellsASecretThatIsStoredNowhere() throws Exception {
    String path = "/accounts/anna/webhook";
    String body = "{\"url\":\"https://shop.example/hook\"}";

    Reply first = node.postAs("anna", path, "hook-1", body);
    Reply again = node.postAs("anna", path, "hook-1", body);
    JsonObject own =
        node.getAs("anna", "/operations/hook-1?about=anna").body().getJsonObject("result");
    JsonObject others =
        node.getAs("otto", "/operations/hook-1?about=anna&caller=anna")
            .body()
            .getJsonObject("result");

    String secret = first.body().getString("secret");
    assertThat(secret).startsWith("whsec_");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(own).isEqualTo(first.body());
    assertThat(others.containsKey("secret")).isFalse();
    for (String where :
        new String[] {
          "operation WHERE answer", "journal WHERE request", "document WHERE body::text"
        }) {
      assertThat(Sql.number(bank.config(), "SELECT count(*) FROM " + where + " LIKE '%whsec%'"))
          .as(where)
          .isZero();
    }
  }

  private static String signature(String body, String secret) throws Exception {
    long now = Instant.now().getEpochSecond();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] sum = mac.doFinal((now + "." + body).getBytes(StandardCharsets.UTF_8));
    return "t=" + now + ",v1=" + HexFormat.of().formatHex(sum);
  }

  private static Reply notice(String body, String secret) throws Exception {
    return node.post("/acquirer/notices", "", body, Notice.SIGNATURE, signature(body, secret));
  }

  @Test
  void notice_ofTheAcquirer_hasTheTopUpChecked() throws Exception {
    String topUp =
        node.postAs(
                "anna",
                "/topups",
                "t1",
                "{\"account\":\"anna\",\"amount\":5,\"currency\":\"EUR\",\"card\":\"tok_1\"}")
            .body()
            .getString("id");
    String body = "{\"reference\":\"" + topUp + "\",\"id\":\"n1\"}";

    assertThat(node.post("/acquirer/notices", "", body).status()).isEqualTo(401);
    assertThat(notice(body, "another-key").status()).isEqualTo(401);
    assertThat(checks()).isZero();
    assertThat(notice("{}", ApiNode.ACQUIRER_KEY).status()).isEqualTo(400);
    Reply taken = notice(body, ApiNode.ACQUIRER_KEY);
    assertThat(taken.status()).as(taken.raw().body()).isEqualTo(200);
    assertThat(taken.body()).isEqualTo(new JsonObject());
    assertThat(notice(body, ApiNode.ACQUIRER_KEY).status()).isEqualTo(200);
    assertThat(checks()).isEqualTo(1);
  }

  private static long checks() {
    return Sql.number(bank.config(), "SELECT count(*) FROM operation WHERE type = 'topup-check'");
  }
}
