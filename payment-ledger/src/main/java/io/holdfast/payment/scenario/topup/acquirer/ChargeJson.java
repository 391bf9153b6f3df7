package io.holdfast.payment.scenario.topup.acquirer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The acquirer's JSON. Fields that we do not know are its own affair; those that we know must be as
 * they should, else nothing is known.
 */
final class ChargeJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ChargeJson() {}

  static byte[] request(DocumentId reference, Money amount, String card) {
    return MAPPER
        .createObjectNode()
        .put("reference", reference.value())
        .put("amount", amount.minorUnits())
        .put("currency", amount.code())
        .put("card", card)
        .toString()
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** What it says about the charge of this reference. */
  static Charge read(byte[] body, DocumentId reference) {
    try {
      JsonNode answer = MAPPER.readTree(body);
      if (!reference.value().equals(text(answer, "reference"))) {
        return new Charge.Unknown("an answer about another charge");
      }
      return switch (text(answer, "status")) {
        case "approved" ->
            new Charge.Approved(
                text(answer, "id"), money(answer), time(answer), chargebacks(answer));
        case "declined" -> new Charge.Declined(text(answer, "code"));
        case "pending" -> new Charge.Unknown("pending");
        default -> new Charge.Unknown("an unknown status");
      };
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      // Not the exception's words: they may quote the body.
      return new Charge.Unknown("an answer that cannot be read");
    }
  }

  private static List<Charge.Chargeback> chargebacks(JsonNode answer) {
    JsonNode all = answer.path("chargebacks");
    if (!all.isArray() && !all.isMissingNode()) {
      throw new IllegalArgumentException("chargebacks are a list");
    }
    List<Charge.Chargeback> chargebacks = new ArrayList<>();
    all.forEach(
        each ->
            chargebacks.add(
                new Charge.Chargeback(
                    text(each, "id"), money(each), time(each), reversal(each.path("reversal")))));
    return chargebacks;
  }

  private static Optional<Charge.Reversal> reversal(JsonNode said) {
    return said.isMissingNode() || said.isNull()
        ? Optional.empty()
        : Optional.of(new Charge.Reversal(text(said, "id"), money(said), time(said)));
  }

  private static Money money(JsonNode of) {
    JsonNode amount = of.path("amount");
    if (!amount.isIntegralNumber() || !amount.canConvertToLong()) {
      throw new IllegalArgumentException("an amount is a whole number");
    }
    return Money.of(amount.longValue(), text(of, "currency"));
  }

  private static Instant time(JsonNode of) {
    return Instant.parse(text(of, "at"));
  }

  private static String text(JsonNode of, String field) {
    String text = of.path(field).isTextual() ? of.path(field).textValue() : "";
    if (!text.matches("[A-Za-z0-9._:-]{1,100}")) {
      throw new IllegalArgumentException("a name is 1 to 100 letters, digits and . _ : -");
    }
    return text;
  }
}
