package io.holdfast.payment.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.http.ApiNode.Reply;
import io.holdfast.payment.metrics.PaymentMeters;
import io.holdfast.payment.testing.Bank;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees of a node that owns everything. */
class PaymentApiTest {

  private static Bank bank;
  private static ApiNode node;

  @BeforeAll
  static void open() throws Exception {
    bank = new Bank();
    node = ApiNode.start(bank, "node-1", Duration.ofSeconds(30));
    node.serveAll(1);
    bank.open("alice", 1_000);
    bank.open("bob", 0);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
    bank.close();
  }

  private static Reply transfer(String key, String from, String to, long amount) throws Exception {
    return node.post("/transfers", key, transferBody(from, to, amount, "EUR"));
  }

  private static Reply transferAs(String caller, String key, String from, String to, long amount)
      throws Exception {
    return node.postAs(caller, "/transfers", key, transferBody(from, to, amount, "EUR"));
  }

  private static String transferBody(String from, String to, long amount, String currency) {
    return new JsonObject()
        .put("from", from)
        .put("to", to)
        .put("amount", amount)
        .put("currency", currency)
        .encode();
  }

  @Test
  void accounts_openedAgain_isTheSameAnswer() throws Exception {
    String body = "{\"account\":\"jun\",\"owner\":\"jun\",\"currency\":\"JPY\"}";

    Reply first = node.post("/accounts", "open-1", body);
    Reply second = node.post("/accounts", "open-1", body);

    assertThat(first.status()).isEqualTo(201);
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.raw().headers().firstValue(Headers.REPLAYED)).contains("true");
    JsonObject account = node.get("/accounts/jun").body();
    assertThat(account.getLong("posted")).isZero();
    assertThat(account.getInteger("exponent")).isZero();
  }

  @Test
  void funding_byTwoOperators_isDoneByTheSecond() throws Exception {
    bank.open("felix", 0);
    String money = "\"amount\":500,\"currency\":\"EUR\",\"reason\":\"paper 7\"";

    Reply proposed = node.postAs("olga", "/accounts/felix/funding", "f1", "{" + money + "}");
    String approve = "/approvals/" + proposed.body().getString("approval") + "/approve";
    String repeated = "{\"operation\":\"fund\",\"request\":{\"account\":\"felix\"," + money + "}}";
    Reply alone = node.postAs("olga", approve, "f2", repeated);

    assertThat(proposed.status()).isEqualTo(202);
    assertThat(alone.problem()).isEqualTo("two-operators");
    assertThat(bank.balance("felix")).isZero();
    assertThat(node.postAs("otto", approve, "f3", repeated).status()).isEqualTo(200);
    assertThat(bank.balance("felix")).isEqualTo(500);
  }

  @Test
  void transfers_holdingACardNumber_isRefusedAndNotQuoted() throws Exception {
    Reply reply =
        node.post(
            "/transfers",
            "card-1",
            "{\"from\":\"alice\",\"to\":\"4111111111111111\",\"amount\":1,\"currency\":\"EUR\"}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.problem()).isEqualTo("card-number");
    assertThat(reply.raw().body()).doesNotContain("4111");
  }

  @Test
  void statement_byPages_isComplete() throws Exception {
    bank.open("stan", 100);
    transferAs("stan", "stan-1", "stan", "bob", 10);
    transferAs("stan", "stan-2", "stan", "bob", 20);

    JsonObject first = node.get("/accounts/stan/statement?limit=2").body();
    JsonObject second =
        node.get("/accounts/stan/statement?limit=2&after=" + first.getLong("next")).body();

    assertThat(first.getJsonArray("entries")).hasSize(2);
    assertThat(second.getJsonArray("entries")).hasSize(1);
    assertThat(second.containsKey("next")).isFalse();
    JsonObject last = second.getJsonArray("entries").getJsonObject(0);
    assertThat(last.getLong("amount")).isEqualTo(-20);
    assertThat(last.getLong("balance")).isEqualTo(70);
    assertThat(last.getString("reference")).isEqualTo("stan-2");
  }

  @Test
  void transfers_enoughFunds_isBookedOnceHoweverOftenItIsSent() throws Exception {
    bank.open("carol", 0);

    Reply first = transfer("pay-1", "alice", "carol", 100);
    Reply again = transfer("pay-1", "alice", "carol", 100);

    assertThat(first.status()).isEqualTo(201);
    assertThat(first.raw().headers().firstValue(Headers.NODE)).contains("node-1");
    assertThat(first.raw().headers().firstValue(Headers.REPLAYED)).isEmpty();
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.raw().headers().firstValue(Headers.REPLAYED)).contains("true");
    assertThat(bank.balance("carol")).isEqualTo(100);
  }

  @Test
  void transfers_keyOfAnotherRequest_is422() throws Exception {
    transfer("pay-2", "alice", "bob", 1);

    Reply reply = transfer("pay-2", "alice", "bob", 2);

    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.problem()).isEqualTo("idempotency-key-reused");
  }

  @ParameterizedTest
  @CsvSource({
    "alice,bob,999999,EUR,409,insufficient-funds",
    "alice,nobody,1,EUR,404,unknown-account",
    "alice,bob,1,USD,422,currency-mismatch",
    "alice,alice,1,EUR,400,invalid-request",
    "alice,bob,0,EUR,400,invalid-request",
    "alice,bob,-5,EUR,400,invalid-request",
    "alice,bob,1,EURO,400,invalid-request",
    // ISO 4217 keeps this code for "no currency"; without an exponent it cannot be counted in.
    "alice,bob,1,XXX,400,invalid-request",
    "al ice,bob,1,EUR,400,invalid-request",
    "clearing:0:EUR,bob,1,EUR,400,invalid-request",
  })
  void transfers_wrong_isAProblem(
      String from, String to, long amount, String currency, int status, String problem)
      throws Exception {
    String key = "wrong-" + Integer.toHexString((from + to + amount + currency).hashCode());

    Reply reply = node.post("/transfers", key, transferBody(from, to, amount, currency));

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.problem()).isEqualTo(problem);
    assertThat(reply.body().getInteger("status")).isEqualTo(status);
    assertThat(reply.body().getString("code")).isEqualTo(problem);
    assertThat(reply.body().getBoolean("retryable")).isFalse();
    assertThat(reply.body().getString("title")).isNotBlank();
    assertThat(reply.body().getString("detail")).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "\"text\"",
        "{}",
        "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":1.5,\"currency\":\"EUR\"}",
        "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":\"1\",\"currency\":\"EUR\"}",
        "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":99999999999999999999,\"currency\":\"EUR\"}",
        "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":1,\"currency\":\"EUR\",\"tip\":1}",
        "{\"from\":null,\"to\":\"bob\",\"amount\":1,\"currency\":\"EUR\"}",
      })
  void transfers_malformedBody_is400(String body) throws Exception {
    Reply reply = node.post("/transfers", "malformed", body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.problem()).isEqualTo("invalid-request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/transfers/", "//transfers", "/%74ransfers", "/./transfers"})
  void transfers_pathInAnotherForm_isNeverAnOpening(String path) throws Exception {
    String id = "forged-" + Integer.toHexString(path.hashCode());
    String opening = "{\"id\":\"" + id + "\",\"currency\":\"EUR\",\"openingBalance\":1000000}";

    Reply reply = node.post(path, "form-" + id, opening);

    assertThat(reply.status()).isIn(400, 404);
    assertThat(node.get("/accounts/" + id).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":1,\"amount\":5,\"currency\":\"EUR\"}",
        "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":1,/* 5 */\"currency\":\"EUR\"}",
        "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":1,\"currency\":\"EUR\"} {}",
      })
  void transfers_bodyThatCanBeReadTwoWays_is400(String body) throws Exception {
    Reply reply = node.post("/transfers", "two-ways", body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.problem()).isEqualTo("invalid-request");
  }

  @Test
  void transfers_twoKeys_is400() throws Exception {
    String body = transferBody("alice", "bob", 1, "EUR");

    Reply reply = node.post("/transfers", "one", body, Headers.IDEMPOTENCY_KEY, "two");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body().getString("detail")).contains("one header Idempotency-Key");
  }

  @Test
  void transfers_contentEncoding_is415() throws Exception {
    String body = transferBody("alice", "bob", 1, "EUR");

    Reply reply = node.post("/transfers", "encoded", body, "Content-Encoding", "gzip");

    assertThat(reply.status()).isEqualTo(415);
    assertThat(reply.problem()).isEqualTo("unsupported-encoding");
  }

  @Test
  void transfers_wrongMethod_is405() throws Exception {
    Reply reply = node.get("/transfers");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.problem()).isEqualTo("method-not-allowed");
  }

  @Test
  void operations_ofAKey_tellWhatBecameOfIt() throws Exception {
    transfer("asked-1", "alice", "bob", 3);
    transfer("asked-2", "alice", "bob", 999_999);

    JsonObject booked = node.get("/operations/asked-1?about=alice").body();
    JsonObject refused = node.get("/operations/asked-2?about=alice").body();

    assertThat(booked.getString("state")).isEqualTo("done");
    assertThat(booked.getString("type")).isEqualTo("transfer");
    assertThat(booked.getJsonObject("result").getLong("amount")).isEqualTo(3);
    assertThat(refused.getString("state")).isEqualTo("refused");
    assertThat(refused.getJsonObject("refusal").getString("code")).isEqualTo("insufficient-funds");
    assertThat(node.get("/operations/never?about=alice").problem()).isEqualTo("unknown-operation");
    assertThat(node.get("/operations/asked-1").status()).isEqualTo(400);
    assertThat(node.get("/operations/no%20key?about=alice").status()).isEqualTo(400);
  }

  @Test
  void ready_notReady_saysWhy() throws Exception {
    assertThat(node.get("/live").status()).isEqualTo(200);
    assertThat(node.get("/ready").status()).isEqualTo(200);

    node.notReady = Optional.of("It is leaving.");
    Reply reply = node.get("/ready");
    node.notReady = Optional.empty();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body().getString("detail")).isEqualTo("It is leaving.");
    assertThat(reply.body().getBoolean("retryable")).isTrue();
  }

  @Test
  void transfers_withoutAKey_is400() throws Exception {
    Reply reply = node.post("/transfers", "", transferBody("alice", "bob", 1, "EUR"));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.problem()).isEqualTo("idempotency-key-missing");
  }

  @Test
  void transfers_badKey_is400() throws Exception {
    assertThat(transfer("has space", "alice", "bob", 1).status()).isEqualTo(400);
    assertThat(transfer("k".repeat(129), "alice", "bob", 1).status()).isEqualTo(400);
    assertThat(transfer("k".repeat(128), "alice", "bob", 1).status()).isEqualTo(201);
  }

  @Test
  void transfers_hugeBody_is413() throws Exception {
    Reply reply = node.post("/transfers", "huge", "{\"x\":\"" + "y".repeat(20_000) + "\"}");

    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.problem()).isEqualTo("too-large");
  }

  @Test
  void accounts_unknown_is404() throws Exception {
    assertThat(node.get("/accounts/nobody").problem()).isEqualTo("unknown-account");
    assertThat(node.get("/accounts/equity:0:EUR").status()).isEqualTo(400);
  }

  @Test
  void move_toADatabaseThatIsNone_isRefusedAndToItsOwnIsDone() throws Exception {
    Reply wrong = node.post("/shards/0/move", "", "{\"to\":\"nowhere\"}");
    Reply there = node.post("/shards/0/move", "", "{\"to\":\"main\"}");

    assertThat(wrong.problem()).isEqualTo("invalid-request");
    assertThat(there.status()).isEqualTo(200);
    assertThat(node.post("/shards/9/move", "", "{\"to\":\"main\"}").status()).isEqualTo(400);
    assertThat(node.get("/shards").body().getJsonObject("databases").getInteger("main"))
        .isEqualTo(1);
  }

  @Test
  void ids_ofShardsThatAreNotThere_areNothing() throws Exception {
    String id = "request_fff_" + "0".repeat(26);

    assertThat(
            node.post("/money-requests/" + id + "/pay", "odd-1", "{\"payer\":\"alice\"}").status())
        .isEqualTo(404);
    assertThat(node.get("/money-requests/" + id).status()).isEqualTo(404);
    assertThat(node.get("/operations/k?about=" + id).problem()).isEqualTo("unknown-operation");
    assertThat(node.get("/accounts?owner=a%00").status()).isEqualTo(400);
    assertThat(node.get("/money-requests?account=alice&after=%00").status()).isEqualTo(400);
  }

  @Test
  void reasons_withControlCharacters_areRefused() throws Exception {
    Reply reply =
        node.post("/accounts/alice/freeze", "odd-2", "{\"reason\":\"a" + "\\u0000" + "b\"}");

    assertThat(reply.status()).isEqualTo(400);
  }

  @Test
  void anyOtherPath_is404() throws Exception {
    Reply reply = node.get("/admin");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.problem()).isEqualTo("not-found");
  }

  @Test
  void health_andShards_describeTheNode() throws Exception {
    assertThat(node.get("/health").body())
        .isEqualTo(
            new JsonObject()
                .put("status", "UP")
                .put("node", "node-1")
                .put("shardsOwned", 1)
                .put("shardsTotal", 1));
    JsonObject first = node.get("/shards").body().getJsonArray("shards").getJsonObject(0);
    assertThat(first.getInteger("shard")).isZero();
    assertThat(first.getString("token")).isEqualTo(Bank.token(1).toString());
  }

  @Test
  void metrics_countAClientsRequestsByOperationAndOutcome() throws Exception {
    transferAs("alice", "metric-1", "alice", "bob", 1);
    transferAs("alice", "metric-1", "alice", "bob", 1);
    transferAs("alice", "metric-2", "alice", "bob", 1_000_000_000);

    HttpResponse<String> told = node.get("/metrics").raw();

    assertThat(told.headers().firstValue("Content-Type")).contains(PaymentMeters.MEDIA_TYPE);
    for (String outcome : List.of("done", "replayed", "refused")) {
      assertThat(told.body())
          .containsPattern(
              "payment_requests_total\\{operation=\"transfer\",outcome=\"" + outcome + "\"} [1-9]");
    }
    assertThat(told.body())
        .containsPattern(
            "payment_latency_seconds_bucket\\{operation=\"transfer\",le=\"10.0\"} [1-9]")
        .contains("payment_fence_refusals_total 0.0")
        .contains("payment_shards{state=\"all\"} 1.0")
        .contains("payment_ledger_imbalance 0.0")
        .contains("jvm_memory_used_bytes");
  }
}
