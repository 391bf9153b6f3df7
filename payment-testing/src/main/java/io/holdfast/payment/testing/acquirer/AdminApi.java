package io.holdfast.payment.testing.acquirer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.sun.net.httpserver.HttpExchange;
import io.holdfast.payment.testing.acquirer.SimulatedCharge.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the simulator can be told, on a port of its own:
 *
 * <pre>
 *   POST /faults       {next: [fault…], rates: {fault: probability…}}   either may be missing
 *   POST /decisions    {reference, status: approved | declined}         of a pending charge
 *   POST /chargebacks  {reference, amount}                              all that is left without an amount
 *   POST /reversals    {reference, amount}                              all of the latest chargeback without an amount
 *   POST /refuse       closes the merchants' port
 *   POST /accept       opens it again
 *   POST /halt         ends the process at once, without an answer
 *   GET  /charges      all of them
 * </pre>
 */
final class AdminApi implements Http.Handler {

  private final AcquirerServer server;
  private final ChargeBook book;
  private final Faults faults;

  AdminApi(AcquirerServer server, ChargeBook book, Faults faults) {
    this.server = server;
    this.book = book;
    this.faults = faults;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    JsonNode told = Http.body(exchange);
    switch (call) {
      case "POST /faults" -> faults(told);
      case "POST /decisions" ->
          book.decide(
              Http.name(told, "reference"),
              Status.valueOf(Http.name(told, "status").toUpperCase(Locale.ROOT)));
      case "POST /chargebacks" ->
          server.chargeBack(Http.name(told, "reference"), told.path("amount").asLong());
      case "POST /reversals" ->
          server.reverse(Http.name(told, "reference"), told.path("amount").asLong());
      case "POST /refuse" -> server.refuse();
      case "POST /accept" -> server.accept();
      case "POST /halt" -> server.halt();
      case "GET /charges" -> {
        ArrayNode all = ChargeJournal.MAPPER.createArrayNode();
        book.all().forEach(each -> all.add(ChargeJournal.json(each)));
        Http.answer(exchange, 200, all.toString());
        return;
      }
      default -> {
        Http.answer(exchange, 404, "{}");
        return;
      }
    }
    Http.answer(exchange, 200, "{}");
  }

  private void faults(JsonNode told) {
    List<Fault> next = new ArrayList<>();
    told.path("next").forEach(each -> next.add(Fault.of(each.asText())));
    if (told.has("rates")) {
      Map<Fault, Double> rates = new EnumMap<>(Fault.class);
      told.path("rates")
          .properties()
          .forEach(each -> rates.put(Fault.of(each.getKey()), each.getValue().asDouble()));
      faults.setRates(rates);
    }
    faults.order(next.toArray(new Fault[0]));
  }
}
