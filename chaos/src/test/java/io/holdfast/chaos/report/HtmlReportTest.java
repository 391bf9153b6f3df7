package io.holdfast.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.RecoveryTime;
import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Holdings;
import io.holdfast.chaos.check.Limits;
import io.holdfast.chaos.check.Overlap;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.HistoryNotes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

final class HtmlReportTest {

  private static final long MILLI = 1_000_000;

  /** One client holds a lock and is frozen; another takes the lock; the first comes back. */
  static ChaosResult zombie() {
    History history =
        new HistoryNotes()
            .acquired("c1.1", "h", "a:exclusive", "a=001", 10 * MILLI, 20 * MILLI)
            .looked("c1.1", "h", 30 * MILLI, 31 * MILLI, Event.Type.OK)
            .acquired("c2.1", "i", "a:exclusive", "a=002", 15 * MILLI, 5_000 * MILLI)
            .wrote("c2.1", "002", "0", "1", "true", 5_100 * MILLI)
            .wrote("c1.1", "001", "0", "1", "false", 6_000 * MILLI)
            .looked("c1.1", "h", 6_010 * MILLI, 6_011 * MILLI, Event.Type.FAIL)
            .released("c1.1", "h", 30 * MILLI, 6_020 * MILLI)
            .released("c2.1", "i", 6_100 * MILLI, 6_110 * MILLI)
            .served("c1.1", "register", "one", 10 * MILLI, 11 * MILLI)
            .saw("c2.1", 3, "LIVE", "one:UP", 500 * MILLI)
            .saw("c2.1", 3, "STALE", "one:UP", 2_500 * MILLI)
            .served("c1.1", "register", "two", 2_600 * MILLI, 2_700 * MILLI)
            .saw("c2.1", 4, "LIVE", "one:UP", 3_000 * MILLI)
            .saw("c2.1", 5, "LIVE", "one:UP two:UP", 3_500 * MILLI)
            .saw("c2.1", 6, "LIVE", "one:UP two:UP", 7_000 * MILLI)
            .history();
    return new ChaosResult(
        history,
        HistoryCheck.of(history, Limits.defaults()),
        List.of(
            new FaultOutcome(
                "client-paused", "paused <c1>", 25 * MILLI, true, 25, 5_990 * MILLI, List.of())),
        Map.of("packet-loss", "the provider lacks LOSE_PACKETS"),
        Map.of("client-paused", List.of(new RecoveryTime(1.25, 0), new RecoveryTime(1.5, 0.5))),
        Overlap.of(Holdings.of(history)));
  }

  private static Document parsed(String page)
      throws ParserConfigurationException, IOException, SAXException {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
  }

  private static long count(Document page, String element, String style) {
    NodeList found = page.getElementsByTagName(element);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> (Element) found.item(i))
        .filter(each -> each.getAttribute("class").equals(style))
        .count();
  }

  private static String cell(Document page, String name) {
    NodeList cells = page.getElementsByTagName("td");
    for (int i = 0; i < cells.getLength(); i++) {
      if (cells.item(i).getTextContent().equals(name)) {
        return cells.item(i + 1).getTextContent();
      }
    }
    return "no " + name;
  }

  @Test
  void report_header_tellsWhatWasRunAndWhatCameOfIt() throws Exception {
    Document page = parsed(HtmlReport.of(zombie()));

    assertThat(page.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("Chaos run: VALID");
    assertThat(cell(page, "seed")).isEqualTo("7");
    assertThat(cell(page, "backend")).isEqualTo("a < b & \"c\"");
    assertThat(cell(page, "operations checked")).isEqualTo("14");
    assertThat(cell(page, "faults injected")).isEqualTo("1");
    assertThat(cell(page, "faults that bit")).isEqualTo("1");
    assertThat(cell(page, "refused by a fence")).isEqualTo("1");
    assertThat(cell(page, "zombie overlaps")).isEqualTo("1");
    assertThat(cell(page, "proven by two at once")).isEqualTo("0 ms");
    assertThat(cell(page, "client-paused")).isEqualTo("paused <c1>");
    assertThat(cell(page, "packet-loss")).isEqualTo("SKIPPED: the provider lacks LOSE_PACKETS");
  }

  @Test
  void report_pictures_showEveryCallHoldAndFault() throws Exception {
    Document page = parsed(HtmlReport.of(zombie()));

    assertThat(count(page, "circle", "ok")).isEqualTo(13);
    assertThat(count(page, "circle", "failed")).isEqualTo(1);
    assertThat(count(page, "circle", "fenced")).isEqualTo(1);
    assertThat(count(page, "rect", "fault")).as("in each picture").isEqualTo(5);
    assertThat(count(page, "text", "token")).as("bars with room for a token").isPositive();
    assertThat(count(page, "rect", "zombie")).as("its bar and the legend's").isEqualTo(2);
    assertThat(count(page, "rect", "broken")).as("the legend's alone").isEqualTo(1);
    for (String style : List.of("view-same", "view-stale", "view-missing")) {
      assertThat(count(page, "rect", style)).as(style + ", and the legend's").isGreaterThan(1);
    }
    assertThat(count(page, "rect", "view-emptied")).as("the legend's alone").isEqualTo(1);
  }

  @Test
  void report_ofARunThatWasNotValid_saysWhatWasWrong() throws Exception {
    ChaosResult good = zombie();
    History bad =
        new HistoryNotes()
            .acquired("c1.1", "h", "a:exclusive", "a=001", 10, 20)
            .acquired("c2.1", "i", "a:exclusive", "a=002", 30, 40)
            .released("c1.1", "h", 50, 60)
            .released("c2.1", "i", 50, 60)
            .history();
    ChaosResult result =
        new ChaosResult(
            bad,
            HistoryCheck.of(bad, Limits.defaults()),
            good.faultOutcomes(),
            Map.of(),
            Map.of(),
            Overlap.of(Holdings.of(bad)));

    Document page = parsed(HtmlReport.of(result));

    assertThat(page.getElementsByTagName("title").item(0).getTextContent()).contains("INVALID");
    assertThat(page.getElementsByTagName("pre").item(0).getTextContent()).contains("lock/a");
    assertThat(result.provenTwice()).isPositive();
  }

  @Test
  void report_asksForNothingFromElsewhere() {
    assertThat(HtmlReport.of(zombie())).doesNotContain("src=", "href=", "url(", "@import");
  }

  @Test
  void report_ofManyCalls_drawsAsManyAsABrowserCanShow_andAllThatFailed() {
    List<Call> calls =
        IntStream.range(0, 50_000)
            .mapToObj(
                i ->
                    new Call(
                        "acquire", i, 1, i % 1_000 == 0 ? Call.Outcome.UNKNOWN : Call.Outcome.OK))
            .toList();

    List<Call> drawn = LatencyChart.thinned(calls);

    assertThat(drawn).hasSizeBetween(5_000, 8_100);
    assertThat(drawn.stream().filter(call -> call.outcome() != Call.Outcome.OK)).hasSize(50);
  }
}
