package io.holdfast.payment.http;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.old.Instruction;
import io.holdfast.payment.old.OpenAccount;
import io.holdfast.payment.old.Receipt;
import io.holdfast.payment.old.Transfer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;

/** The JSON form of instructions. Strict: what it does not know is an error, not ignored. */
public final class InstructionJson {

  /** Where accounts are opened. */
  public static final String ACCOUNTS = "/accounts";

  /** Where transfers are asked for. */
  public static final String TRANSFERS = "/transfers";

  private InstructionJson() {}

  /** Where to send an instruction. */
  public static String path(Instruction instruction) {
    return instruction instanceof Transfer ? TRANSFERS : ACCOUNTS;
  }

  /** The body of an instruction. */
  public static JsonObject write(Instruction instruction) {
    if (instruction instanceof Transfer transfer) {
      return new JsonObject()
          .put("from", transfer.from().value())
          .put("to", transfer.to().value())
          .put("amount", transfer.amount().minorUnits())
          .put("currency", transfer.amount().code());
    }
    OpenAccount opening = (OpenAccount) instruction;
    return new JsonObject()
        .put("id", opening.account().value())
        .put("openingBalance", opening.openingBalance().minorUnits())
        .put("currency", opening.openingBalance().code());
  }

  /** What was asked and what became of it. */
  static JsonObject write(Receipt receipt) {
    Money money =
        receipt.instruction() instanceof Transfer transfer
            ? transfer.amount()
            : ((OpenAccount) receipt.instruction()).openingBalance();
    JsonObject body =
        write(receipt.instruction())
            .put("exponent", money.exponent())
            .put("idempotencyKey", receipt.key().value())
            .put("status", receipt.refusal().isPresent() ? "REFUSED" : "BOOKED")
            .put("executedBy", receipt.executedBy())
            .put("at", receipt.at().toString());
    receipt.refusal().ifPresent(refusal -> body.put("refusal", Problem.of(refusal).slug()));
    return body;
  }

  /**
   * Reads a request to open an account. One without an id gets one that follows from the key, so
   * that a retry at another node means the same account.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  static OpenAccount opening(JsonObject body, IdempotencyKey key) {
    only(body, Set.of("id", "openingBalance", "currency"));
    String id =
        body.containsKey("id")
            ? text(body, "id")
            : UUID.nameUUIDFromBytes(("account " + key).getBytes(StandardCharsets.US_ASCII))
                .toString();
    return new OpenAccount(
        new AccountId(id), Money.of(integer(body, "openingBalance"), text(body, "currency")));
  }

  /**
   * Reads a request for a transfer.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  static Transfer transfer(JsonObject body) {
    only(body, Set.of("from", "to", "amount", "currency"));
    return new Transfer(
        new AccountId(text(body, "from")),
        new AccountId(text(body, "to")),
        Money.of(integer(body, "amount"), text(body, "currency")));
  }

  private static void only(JsonObject body, Set<String> known) {
    if (!known.containsAll(body.fieldNames())) {
      throw new IllegalArgumentException(
          "the fields known here are " + known.stream().sorted().toList());
    }
  }

  private static String text(JsonObject body, String field) {
    if (body.getValue(field) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("'" + field + "' must be there and be a string");
  }

  private static long integer(JsonObject body, String field) {
    Object value = body.getValue(field);
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw new IllegalArgumentException(
        "'" + field + "' must be there and be a whole number of minor units");
  }
}
