package io.holdfast.payment.testing.acquirer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.holdfast.payment.testing.acquirer.SimulatedCharge.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a merchant can ask, and what goes wrong with it:
 *
 * <pre>
 *   POST /charges              Idempotency-Key; {reference, amount, currency, card}
 *   GET  /charges/{reference}  what came of it
 *   GET  /settlements/{day}    CSV
 * </pre>
 */
final class MerchantApi implements Http.Handler {

  private static final Logger LOG = LoggerFactory.getLogger(MerchantApi.class);
  private static final String DECLINED_CARDS = "tok_decline";

  private final AcquirerSettings settings;
  private final ChargeBook book;
  private final Faults faults;
  private final ScheduledExecutorService later;

  MerchantApi(
      AcquirerSettings settings, ChargeBook book, Faults faults, ScheduledExecutorService later) {
    this.settings = settings;
    this.book = book;
    this.faults = faults;
    this.later = later;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String call = exchange.getRequestMethod() + " " + path.replaceFirst("(?<=.)/[^/]*$", "/");
    if (!isMerchant(exchange)) {
      Http.answer(exchange, 401, "{\"error\":\"who are you\"}");
    } else if (call.equals("POST /charges")) {
      charge(exchange);
    } else if (call.equals("GET /charges/")) {
      status(exchange, path.substring("/charges/".length()));
    } else if (call.equals("GET /settlements/")) {
      settlement(exchange, path.substring("/settlements/".length()));
    } else {
      Http.answer(exchange, 404, "{\"error\":\"no such thing\"}");
    }
  }

  private boolean isMerchant(HttpExchange exchange) {
    String sent = exchange.getRequestHeaders().getFirst("Authorization");
    return sent != null
        && MessageDigest.isEqual(
            sent.getBytes(StandardCharsets.UTF_8),
            ("Bearer " + settings.key()).getBytes(StandardCharsets.UTF_8));
  }

  private void charge(HttpExchange exchange) throws IOException {
    JsonNode asked = Http.body(exchange);
    String reference = Http.name(asked, "reference");
    if (!reference.equals(exchange.getRequestHeaders().getFirst("Idempotency-Key"))) {
      throw new IllegalArgumentException("the idempotency key is the reference");
    }
    Optional<Fault> fault = faults.draw();
    if (fault.filter(each -> each == Fault.CRASH).isPresent()) {
      settings.halt().run();
    }
    if (fault.filter(each -> each == Fault.ERROR || each == Fault.SILENCE).isPresent()) {
      answer(exchange, fault, Optional.empty());
      return;
    }
    SimulatedCharge charge = charged(asked, reference, fault);
    if (fault.filter(each -> each == Fault.CRASH_AFTER).isPresent()) {
      settings.halt().run();
    }
    answer(exchange, fault, Optional.of(charge));
  }

  /** One request at a time, so that two of the same make one charge. */
  private SimulatedCharge charged(JsonNode asked, String reference, Optional<Fault> fault) {
    long amount = asked.path("amount").asLong();
    String currency = Http.name(asked, "currency");
    String card = Http.name(asked, "card");
    if (amount < 1) {
      throw new IllegalArgumentException("an amount is more than zero");
    }
    synchronized (book) {
      Optional<SimulatedCharge> before = book.find(reference);
      boolean twice = fault.filter(each -> each == Fault.DUPLICATE).isPresent();
      if (before.filter(each -> !each.isFor(amount, currency, card)).isPresent()) {
        throw new IllegalArgumentException("another request had this reference");
      }
      if (before.isPresent() && !twice) {
        return before.get();
      }
      Status status = status(card, fault);
      SimulatedCharge charge = book.add(reference, amount, currency, card, status, settings.late());
      if (twice && before.isEmpty()) {
        book.add(reference, amount, currency, card, status, settings.late());
      }
      if (before.isEmpty() && status == Status.APPROVED) {
        return disputed(charge, fault);
      }
      return before.orElse(charge);
    }
  }

  private SimulatedCharge disputed(SimulatedCharge charge, Optional<Fault> fault) {
    boolean reversed = fault.filter(each -> each == Fault.REVERSAL).isPresent();
    if (!reversed && fault.filter(each -> each == Fault.CHARGEBACK).isEmpty()) {
      return charge;
    }
    SimulatedCharge taken = book.chargeBack(charge.reference(), (charge.amount() + 1) / 2);
    return reversed ? book.reverse(charge.reference(), 0) : taken;
  }

  private static Status status(String card, Optional<Fault> fault) {
    if (card.startsWith(DECLINED_CARDS) || fault.filter(x -> x == Fault.DECLINE).isPresent()) {
      return Status.DECLINED;
    }
    return fault.filter(each -> each == Fault.LATE).isPresent() ? Status.PENDING : Status.APPROVED;
  }

  private void status(HttpExchange exchange, String reference) throws IOException {
    Optional<Fault> fault = faults.draw().filter(Fault::canBefallAStatus);
    answer(exchange, fault, book.find(reference));
  }

  private void answer(
      HttpExchange exchange, Optional<Fault> fault, Optional<SimulatedCharge> charge)
      throws IOException {
    int status = charge.isPresent() ? 200 : 404;
    String text = charge.map(MerchantApi::json).orElse("{\"error\":\"no such charge\"}");
    if (fault.isEmpty()) {
      Http.answer(exchange, status, text);
      return;
    }
    switch (fault.get()) {
      case ERROR, ERROR_AFTER -> Http.answer(exchange, 500, "{\"error\":\"as was wanted\"}");
      case SILENCE, LOST_ANSWER -> LOG.debug("no answer, as was wanted");
      case HANG_UP -> exchange.close();
      case SLOW ->
          later.schedule(
              () -> answerLate(exchange, status, text),
              settings.slow().toMillis(),
              TimeUnit.MILLISECONDS);
      default -> Http.answer(exchange, status, text);
    }
  }

  private static void answerLate(HttpExchange exchange, int status, String text) {
    try {
      Http.answer(exchange, status, text);
    } catch (IOException e) {
      LOG.debug("nobody waited for a slow answer", e);
    }
  }

  private static String json(SimulatedCharge charge) {
    ObjectNode json = ChargeJournal.json(charge);
    json.remove("card");
    if (charge.status() == Status.DECLINED) {
      json.put("code", "do-not-honor");
    }
    return json.toString();
  }

  private void settlement(HttpExchange exchange, String text) throws IOException {
    LocalDate day;
    try {
      day = LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("a day is given as 2026-01-31", e);
    }
    if (day.isAfter(LocalDate.ofInstant(settings.clock().instant(), java.time.ZoneOffset.UTC))) {
      Http.answer(exchange, 404, "{\"error\":\"not yet\"}");
      return;
    }
    StringWriter csv = new StringWriter();
    book.settle(day, new PrintWriter(csv));
    Http.answer(exchange, 200, "text/csv", csv.toString());
  }
}
