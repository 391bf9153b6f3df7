package io.holdfast.payment.testing.acquirer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.scenario.topup.CheckTopUp;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import io.holdfast.payment.scenario.topup.acquirer.HttpAcquirer;
import io.holdfast.payment.scenario.topup.acquirer.Notice;
import io.holdfast.payment.scenario.topup.acquirer.SettlementFile;
import io.holdfast.payment.scenario.topup.acquirer.SettlementRow;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against the simulator, with everything that can go wrong. */
class HttpAcquirerTest {

  private static final Money TEN = Money.of(1000, "EUR");
  private static final LocalDate DAY = LocalDate.parse("2026-01-31");
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  /** Where an answer never comes, that is how long a test takes. */
  private static final Duration SHORT = Duration.ofMillis(1500);

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder = Path.of("");

  private final AtomicInteger crashes = new AtomicInteger();
  private AcquirerServer server;
  private HttpAcquirer acquirer;

  private AcquirerSettings settings() {
    return AcquirerSettings.of(folder.resolve("charges"), "secret-key")
        .withDelays(Duration.ofMillis(20), Duration.ofDays(1))
        .withClock(Clock.fixed(NOON, ZoneOffset.UTC), crashes::incrementAndGet);
  }

  @BeforeEach
  void start() throws IOException {
    server = AcquirerServer.start(settings());
    acquirer = client(LONG);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private HttpAcquirer client(Duration timeout) {
    return new HttpAcquirer(AcquirerConfig.of(server.uri(), "secret-key").withTimeout(timeout));
  }

  private static DocumentId id(int number) {
    return new DocumentId(String.format("topup_001_%026d", number));
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static Charge approved(String id) {
    return new Charge.Approved(id, TEN, NOON, List.of());
  }

  @Test
  void charge_twice_oneCharge() {
    assertThat(get(acquirer.status(id(1)))).isEmpty();
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a"))).isEqualTo(approved("ch_00000001"));
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a"))).isEqualTo(approved("ch_00000001"));
    assertThat(get(acquirer.status(id(1)))).contains(approved("ch_00000001"));
    assertThat(server.charges()).hasSize(1);
  }

  @Test
  void charge_manyAtOnceUnderOneReference_oneCharge() {
    List<CompletableFuture<Charge>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(acquirer.charge(id(1), TEN, "tok_a").toCompletableFuture());
    }
    assertThat(calls).allSatisfy(each -> assertThat(get(each)).isEqualTo(approved("ch_00000001")));
    assertThat(server.charges()).hasSize(1);
  }

  @Test
  void charge_declined_isDeclinedForGood() {
    assertThat(get(acquirer.charge(id(1), TEN, "tok_decline_1")))
        .isEqualTo(new Charge.Declined("do-not-honor"));
    server.order(Fault.DECLINE);
    assertThat(get(acquirer.charge(id(2), TEN, "tok_a")))
        .isEqualTo(new Charge.Declined("do-not-honor"));
    assertThat(get(acquirer.status(id(2)))).contains(new Charge.Declined("do-not-honor"));
  }

  @Test
  void charge_otherRequestUnderTheReference_unknown() {
    get(acquirer.charge(id(1), TEN, "tok_a"));
    assertThat(get(acquirer.charge(id(1), Money.of(1, "EUR"), "tok_a")))
        .isEqualTo(new Charge.Unknown("status 422"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SILENCE", "LOST_ANSWER"})
  void charge_noAnswer_unknownInTime(Fault fault) {
    server.order(fault);
    assertThat(get(client(SHORT).charge(id(1), TEN, "tok_a"))).isInstanceOf(Charge.Unknown.class);
    // On a slow machine the simulator may come to it after the client has given up.
    await()
        .atMost(LONG)
        .until(
            () ->
                !server.isOrdered()
                    && server.charges().size() == (fault == Fault.LOST_ANSWER ? 1 : 0));
    found(fault == Fault.LOST_ANSWER);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ERROR", "ERROR_AFTER", "HANG_UP"})
  void charge_answerThatSaysNothing_unknown(Fault fault) {
    server.order(fault);
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a"))).isInstanceOf(Charge.Unknown.class);
    found(fault != Fault.ERROR);
  }

  /** Afterwards the status tells, and charging again charges once. */
  private void found(boolean charged) {
    assertThat(get(acquirer.status(id(1))))
        .isEqualTo(charged ? Optional.of(approved("ch_00000001")) : Optional.empty());
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a"))).isEqualTo(approved("ch_00000001"));
    assertThat(server.charges()).hasSize(1);
  }

  @Test
  void charge_slow_isWaitedFor() {
    server.order(Fault.SLOW);
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a"))).isEqualTo(approved("ch_00000001"));
  }

  @Test
  void charge_late_unknownUntilItIsDecided() {
    server.order(Fault.LATE, Fault.LATE);
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a"))).isEqualTo(new Charge.Unknown("pending"));
    assertThat(get(acquirer.charge(id(2), TEN, "tok_a"))).isEqualTo(new Charge.Unknown("pending"));
    server.decide(id(1).value(), SimulatedCharge.Status.APPROVED);
    server.decide(id(2).value(), SimulatedCharge.Status.DECLINED);
    assertThat(get(acquirer.status(id(1)))).contains(approved("ch_00000001"));
    assertThat(get(acquirer.status(id(2)))).contains(new Charge.Declined("do-not-honor"));
  }

  @Test
  void charge_connectionRefused_unknown_andLaterItWorks() {
    server.refuse();
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a")))
        .isEqualTo(new Charge.Unknown("ConnectException"));
    assertThat(get(acquirer.status(id(1)))).contains(new Charge.Unknown("ConnectException"));
    server.accept();
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a"))).isEqualTo(approved("ch_00000001"));
  }

  @Test
  void charge_wrongKey_unknownAndNotShown() {
    AcquirerConfig config = AcquirerConfig.of(server.uri(), "another-key");
    assertThat(config.toString()).doesNotContain("another-key");
    assertThat(get(new HttpAcquirer(config).charge(id(1), TEN, "tok_a")))
        .isEqualTo(new Charge.Unknown("status 401"));
  }

  /** Another server in place of the simulator. */
  private static HttpServer answering(Http.Handler handler) throws IOException {
    return Http.start(
        0,
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "another-server");
              thread.setDaemon(true);
              return thread;
            }),
        handler);
  }

  private static URI uri(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Test
  void charge_tooManyAtOnce_restIsNotSent() throws Exception {
    BlockingQueue<HttpExchange> waiting = new LinkedBlockingQueue<>();
    HttpServer busy = answering(waiting::add);
    try {
      HttpAcquirer one =
          new HttpAcquirer(AcquirerConfig.of(uri(busy), "key").withTimeout(LONG).withCalls(1));
      CompletionStage<Charge> first = one.charge(id(1), TEN, "tok_a");
      assertThat(get(one.charge(id(2), TEN, "tok_a"))).isEqualTo(new Charge.Unknown("IOException"));

      Http.answer(waiting.poll(60, TimeUnit.SECONDS), 500, "");
      assertThat(get(first)).isEqualTo(new Charge.Unknown("status 500"));
      CompletionStage<Charge> third = one.charge(id(3), TEN, "tok_a");
      Http.answer(waiting.poll(60, TimeUnit.SECONDS), 500, "");
      assertThat(get(third)).isEqualTo(new Charge.Unknown("status 500"));
    } finally {
      busy.stop(0);
    }
  }

  @Test
  void charge_endlessAnswer_isBrokenOff() throws IOException {
    HttpServer flood = answering(exchange -> Http.answer(exchange, 200, " ".repeat(200_000)));
    try {
      assertThat(
              get(
                  new HttpAcquirer(AcquirerConfig.of(uri(flood), "key"))
                      .charge(id(1), TEN, "tok_a")))
          .isEqualTo(new Charge.Unknown("IOException"));
    } finally {
      flood.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "approved",
        "[]",
        "{\"reference\":\"R\",\"status\":\"approved\"}",
        "{\"reference\":\"R\",\"status\":\"declined\"}",
        "{\"reference\":\"R\",\"status\":\"refunded\"}",
        "{\"reference\":\"other\",\"status\":\"declined\",\"code\":\"x\"}",
        "{\"reference\":\"R\",\"status\":\"declined\",\"code\":\"4111 1111 \\n\"}",
        "{\"reference\":\"R\",\"status\":\"approved\",\"id\":\"c\",\"amount\":10.5,"
            + "\"currency\":\"EUR\",\"at\":\"2026-01-31T12:00:00Z\"}",
        "{\"reference\":\"R\",\"status\":\"approved\",\"id\":\"c\",\"amount\":1000,"
            + "\"currency\":\"EUR\",\"at\":\"noon\"}",
      })
  void charge_answerThatCannotBeRead_unknown(String answer) throws IOException {
    HttpServer strange =
        answering(exchange -> Http.answer(exchange, 200, answer.replace("\"R", "\"" + id(1))));
    try {
      assertThat(
              get(
                  new HttpAcquirer(AcquirerConfig.of(uri(strange), "key"))
                      .charge(id(1), TEN, "tok_a")))
          .isInstanceOf(Charge.Unknown.class);
    } finally {
      strange.stop(0);
    }
  }

  @Test
  void restart_charges_areKnownAndALineThatWasCutShortIsNot() throws IOException {
    get(acquirer.charge(id(1), TEN, "tok_a"));
    get(acquirer.charge(id(2), TEN, "tok_a"));
    server.chargeBack(id(2).value(), 400);
    List<SimulatedCharge> before = server.charges();
    server.close();
    Path file = folder.resolve("charges");
    Files.writeString(file, Files.readString(file) + "{\"id\":\"ch_000");

    server = AcquirerServer.start(settings());
    assertThat(server.charges()).isEqualTo(before);
    get(client(LONG).charge(id(3), TEN, "tok_a"));
    server.close();
    server = AcquirerServer.start(settings());
    assertThat(server.charges()).hasSize(3);
  }

  @Test
  void crash_beforeAndAfterTheCharge_endsTheProcess() {
    server.order(Fault.CRASH, Fault.CRASH_AFTER);
    get(acquirer.charge(id(1), TEN, "tok_a"));
    get(acquirer.charge(id(2), TEN, "tok_a"));
    assertThat(crashes).hasValue(2);
  }

  @Test
  void settlement_chargesAndChargebacks_passTheChecks() throws Exception {
    get(acquirer.charge(id(1), TEN, "tok_a"));
    get(acquirer.charge(id(2), TEN, "tok_decline"));
    server.order(Fault.DUPLICATE);
    get(acquirer.charge(id(3), Money.of(5, "JPY"), "tok_a"));
    server.chargeBack(id(1).value(), 400);
    server.chargeBack(id(1).value(), 0);
    server.reverse(id(1).value(), 0);
    server.reverse(id(1).value(), 300);
    server.reverse(id(1).value(), 0);
    Path file = folder.resolve("settled.csv");

    acquirer.download(DAY, file);
    List<SettlementRow> rows = new ArrayList<>();
    SettlementFile.open(file, DAY).forEach(rows::add);

    assertThat(rows)
        .extracting(SettlementRow::id)
        .containsExactly(
            "ch_00000001",
            "cb_00000001",
            "rv_00000001",
            "cb_00000001.2",
            "rv_00000001.2",
            "ch_00000003",
            "ch_00000004");
    assertThat(get(acquirer.status(id(1))))
        .contains(
            new Charge.Approved(
                "ch_00000001",
                TEN,
                NOON,
                List.of(
                    new Charge.Chargeback(
                        "cb_00000001",
                        Money.of(400, "EUR"),
                        NOON,
                        Optional.of(
                            new Charge.Reversal("rv_00000001", Money.of(300, "EUR"), NOON))),
                    new Charge.Chargeback(
                        "cb_00000001.2",
                        Money.of(600, "EUR"),
                        NOON,
                        Optional.of(
                            new Charge.Reversal("rv_00000001.2", Money.of(600, "EUR"), NOON))))));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> acquirer.download(DAY.plusDays(1), file));
  }

  @Test
  void chargebackAndReversal_atOnce_areInTheFirstAnswer() {
    server.order(Fault.CHARGEBACK, Fault.REVERSAL);

    Charge.Approved taken = (Charge.Approved) get(acquirer.charge(id(1), TEN, "tok_a"));
    Charge.Approved back = (Charge.Approved) get(acquirer.charge(id(2), TEN, "tok_a"));

    Money half = Money.of(500, "EUR");
    assertThat(taken.chargebacks()).extracting(Charge.Chargeback::amount).containsExactly(half);
    assertThat(taken.chargebacks().get(0).reversal()).isEmpty();
    assertThat(back.chargebacks().get(0).reversal().orElseThrow().amount()).isEqualTo(half);
  }

  @Test
  void chargeback_merchantFailsFirst_isToldAgainAndSigned() throws Exception {
    BlockingQueue<Optional<Notice>> told = new LinkedBlockingQueue<>();
    AtomicInteger calls = new AtomicInteger();
    HttpServer merchant =
        answering(
            exchange -> {
              byte[] body = exchange.getRequestBody().readAllBytes();
              String signature = exchange.getRequestHeaders().getFirst(Notice.SIGNATURE);
              byte[] secret = "notices".getBytes(StandardCharsets.UTF_8);
              boolean toOthers =
                  Notice.sender(body, signature, new byte[] {1}, NOON) == Notice.Sender.ACQUIRER
                      || Notice.sender(body, signature, secret, NOON.plusSeconds(301))
                          == Notice.Sender.ACQUIRER;
              boolean first = calls.getAndIncrement() == 0;
              told.add(
                  Notice.sender(body, signature, secret, NOON) == Notice.Sender.ACQUIRER
                          && !toOthers
                      ? Optional.of(Notice.read(body))
                      : Optional.empty());
              Http.answer(exchange, first ? 503 : 204, "");
            });
    try {
      server.close();
      URI to = uri(merchant).resolve("/notices");
      server = AcquirerServer.start(settings().withNotices(to, "notices"));
      get(client(LONG).charge(id(1), TEN, "tok_a"));
      server.chargeBack(id(1).value(), 0);

      Optional<Notice> expected = Optional.of(new Notice(id(1), "cb_00000001"));
      assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(expected);
      assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(expected);
    } finally {
      merchant.stop(0);
    }
  }

  @Test
  void admin_overHttp_doesWhatItIsTold() throws Exception {
    admin("/faults", "{\"next\":[\"late\",\"error\"],\"rates\":{\"decline\":1}}", 200);
    assertThat(get(acquirer.charge(id(1), TEN, "tok_a"))).isEqualTo(new Charge.Unknown("pending"));
    admin("/decisions", "{\"reference\":\"" + id(1) + "\",\"status\":\"approved\"}", 200);
    assertThat(get(acquirer.status(id(1)))).contains(new Charge.Unknown("status 500"));
    assertThat(get(acquirer.status(id(1)))).contains(approved("ch_00000001"));
    assertThat(get(acquirer.charge(id(2), TEN, "tok_a"))).isInstanceOf(Charge.Declined.class);
    admin("/chargebacks", "{\"reference\":\"" + id(1) + "\",\"amount\":7}", 200);
    admin("/chargebacks", "{\"reference\":\"" + id(9) + "\"}", 422);
    admin("/reversals", "{\"reference\":\"" + id(1) + "\",\"amount\":8}", 422);
    admin("/reversals", "{\"reference\":\"" + id(1) + "\"}", 200);
    admin("/faults", "{\"next\":[\"flood\"]}", 422);
    admin("/faults", "{\"rates\":{\"decline\":0.6,\"slow\":0.6}}", 422);
    admin("/nothing", "", 404);
    admin("/refuse", "", 200);
    assertThat(get(acquirer.status(id(1)))).contains(new Charge.Unknown("ConnectException"));
    admin("/accept", "", 200);
    admin("/halt", "", 200);
    assertThat(crashes).hasValue(1);
    assertThat(server.charges().get(0).chargebacks().get(0).amount()).isEqualTo(7);
  }

  private void admin(String path, String body, int status) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.adminUri().resolve(path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode())
        .isEqualTo(status);
  }

  @Test
  void notice_becomesACheck() {
    Submission<CheckTopUp.Request> check = CheckTopUp.because(new Notice(id(1), "cb_1"));
    assertThat(check.key().value()).isEqualTo("notice:cb_1");
    assertThat(check.request()).isEqualTo(new CheckTopUp.Request(id(1)));
    assertThat(Document.of(id(1), new AccountId("a"), check.request()).id()).isEqualTo(id(1));
  }
}
