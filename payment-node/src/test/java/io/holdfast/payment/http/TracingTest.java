package io.holdfast.payment.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.payment.http.ApiNode.Reply;
import io.holdfast.payment.testing.Bank;
import io.holdfast.payment.trace.SpanRecord;
import io.holdfast.testkit.contract.LogCapture;
import io.vertx.core.json.JsonObject;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A request is followed from node to node, and its answer logged, without what is nobody's. */
class TracingTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String BODY =
      "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":10,\"currency\":\"EUR\"}";

  private final Logger requests = LogCapture.logback().getLogger("io.holdfast.payment.request");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Bank bank;
  private ApiNode entry;
  private ApiNode owner;

  @BeforeEach
  void open() throws Exception {
    bank = new Bank();
    bank.open("alice", 100);
    bank.open("bob", 0);
    entry = ApiNode.start(bank, "entry", Duration.ofSeconds(60));
    owner = ApiNode.start(bank, "owner", Duration.ofSeconds(60));
    owner.serveAll(1);
    entry.owner.show(owner.port());
    lines.start();
    requests.addAppender(lines);
    requests.setLevel(Level.DEBUG);
  }

  @AfterEach
  void close() throws Exception {
    requests.detachAppender(lines);
    requests.setLevel(null);
    entry.close();
    owner.close();
    bank.close();
  }

  private static SpanRecord server(ApiNode node) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> kinds(node).contains(SpanRecord.Kind.SERVER));
    return node.spans.stream()
        .filter(span -> span.kind() == SpanRecord.Kind.SERVER)
        .findFirst()
        .orElseThrow();
  }

  private static List<SpanRecord.Kind> kinds(ApiNode node) {
    return node.spans.stream().map(SpanRecord::kind).toList();
  }

  private static List<String> partsOf(ApiNode node, SpanRecord server) {
    return node.spans.stream()
        .filter(span -> span.parentId().equals(Optional.of(server.spanId())))
        .map(SpanRecord::name)
        .toList();
  }

  private Reply post(String key, String flags) throws Exception {
    String parent = "00-" + TRACE + "-" + SPAN + "-" + flags;
    return entry.post("/transfers", key, BODY, "traceparent", parent);
  }

  @Test
  void request_executedElsewhere_isOneTraceFromTheClientToTheCommit() throws Exception {
    Reply reply = post("k1", "01");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.raw().headers().firstValue(Headers.TRACE)).contains(TRACE);
    SpanRecord first = server(entry);
    SpanRecord second = server(owner);
    assertThat(List.of(first.traceId(), second.traceId())).containsOnly(TRACE);
    assertThat(first.parentId()).contains(SPAN);
    assertThat(second.parentId()).contains(first.spanId());
    assertThat(partsOf(entry, first)).containsExactly("forward");
    assertThat(partsOf(owner, second)).containsExactly("wait", "commit");
    assertThat(second.attributes())
        .containsEntry("payment.outcome", "done")
        .containsEntry("payment.shard", "0");
    assertThat(second.began()).isBefore(second.ended());
  }

  @Test
  void request_whoseSenderRecordsNothing_hasItsTraceIdAllTheSame() throws Exception {
    Reply reply = post("k2", "00");

    assertThat(reply.raw().headers().firstValue(Headers.TRACE)).contains(TRACE);
    assertThat(entry.spans).isEmpty();
    assertThat(owner.spans).isEmpty();
  }

  @Test
  void due_afterARequestThatIsRecorded_isATraceOfItsOwnThatRefersToIt() throws Exception {
    owner.ledger.work(owner.catalogue, owner.tracer::due);
    entry.post(
        "/topups",
        "k3",
        "{\"account\":\"alice\",\"amount\":10,\"currency\":\"EUR\",\"card\":\"tok_a\"}",
        "traceparent",
        "00-" + TRACE + "-" + SPAN + "-01");

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> owner.spans.stream().anyMatch(each -> each.link().isPresent()));
    SpanRecord due =
        owner.spans.stream().filter(each -> each.link().isPresent()).findFirst().orElseThrow();
    assertThat(due.name()).isEqualTo("topup-postpone");
    assertThat(due.kind()).isEqualTo(SpanRecord.Kind.INTERNAL);
    assertThat(due.link().orElseThrow().traceId()).isEqualTo(TRACE);
    assertThat(due.link().orElseThrow().spanId()).isEqualTo(server(owner).spanId());
    assertThat(due.traceId()).isNotEqualTo(TRACE);
    assertThat(due.attributes().get("payment.document")).startsWith("topup_");
    assertThat(partsOf(owner, due)).containsExactly("acquirer", "wait", "commit");
    assertThat(owner.spans)
        .filteredOn(each -> each.name().equals("acquirer"))
        .allMatch(each -> each.kind() == SpanRecord.Kind.CLIENT);
  }

  /** Of several requests, one of which nobody records. */
  @Test
  void settlement_atAnotherNode_isAPartOfTheTracesThatItIsAbout() throws Exception {
    String other = TRACE.replace('4', '5');
    String unrecorded = TRACE.replace('4', '6');
    List<String> parents =
        List.of(
            "00-" + TRACE + "-" + SPAN + "-01",
            "00-" + unrecorded + "-" + SPAN + "-00",
            "00-" + other + "-" + SPAN + "-01");

    entry
        .remote()
        .settle(0, List.of("none"), true, parents)
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    entry
        .remote()
        .settle(0, List.of("none"), true, parents.subList(1, 2))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);

    await().atMost(Duration.ofSeconds(30)).until(() -> owner.spans.size() >= 2);
    assertThat(owner.spans)
        .allMatch(each -> each.name().equals("settlements"))
        .allMatch(each -> each.kind() == SpanRecord.Kind.SERVER)
        .allMatch(each -> each.parentId().equals(Optional.of(SPAN)))
        .extracting(SpanRecord::traceId)
        .containsExactly(TRACE, other);
  }

  @Test
  void requestLog_saysWhoWhatWhereAndHow_andNothingSecret() throws Exception {
    String card = "4111111111111111";
    assertThat(post(card, "00").status()).isEqualTo(201);

    await().atMost(Duration.ofSeconds(30)).until(() -> ours().size() == 2);
    for (ILoggingEvent line : ours()) {
      assertThat(said(line))
          .containsEntry("operation", "transfer")
          .containsEntry("shard", 0)
          .containsEntry("outcome", "done")
          .containsEntry("status", 201)
          .containsKeys("caller", "span", "millis");
      assertThat(json(line)).doesNotContain(card, "alice", "traceparent");
    }
  }

  /** Nodes of other tests beside this one write to the same log. */
  private List<ILoggingEvent> ours() {
    return Stream.of(lines.list.toArray(ILoggingEvent[]::new))
        .filter(line -> TRACE.equals(said(line).get("trace")))
        .toList();
  }

  private static Map<String, Object> said(ILoggingEvent line) {
    return line.getKeyValuePairs().stream()
        .collect(Collectors.toMap(pair -> pair.key, pair -> pair.value));
  }

  /** As a node writes it with HOLDFAST_LOG_FORMAT=json. */
  private static String json(ILoggingEvent line) throws Exception {
    LoggerContext context = new LoggerContext();
    context.putProperty("HOLDFAST_LOG_FORMAT", "json");
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    URL file = TracingTest.class.getResource("/io/holdfast/payment/logback.xml");
    configurator.doConfigure(Objects.requireNonNull(file));
    ConsoleAppender<ILoggingEvent> out =
        (ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("json");
    assertThat(out.getEncoder()).isInstanceOf(JsonEncoder.class);
    String written = new String(out.getEncoder().encode(line), StandardCharsets.UTF_8);
    context.stop();
    JsonObject object = new JsonObject(written);
    assertThat(object.getString("level")).isEqualTo("DEBUG");
    assertThat(object.getString("formattedMessage")).startsWith("answered");
    assertThat(object.getJsonArray("kvpList").encode()).contains("{\"operation\":\"transfer\"}");
    return written;
  }
}
