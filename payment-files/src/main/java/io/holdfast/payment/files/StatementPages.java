package io.holdfast.payment.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * The entries of an account, in the order of their sequence numbers, page by page. Checks that each
 * balance is the one before it and the entry's amount: a statement that does not add up is none.
 */
final class StatementPages {

  private static final int PAGE = 500;

  private final NodeClient client;
  private final String account;
  private String currency = "";
  private int exponent;

  StatementPages(NodeClient client, String account) {
    this.client = client;
    this.account = account;
  }

  /**
   * One entry.
   *
   * @param sequence greater than that of every earlier one
   * @param amount in minor units; less than zero if the account was debited
   * @param balance after it
   */
  record Entry(
      long sequence, Instant at, long amount, long balance, String type, String reference) {}

  /** Takes entries. */
  interface Sink {
    /** Takes one; false if no more are wanted. */
    boolean accept(Entry entry) throws IOException;
  }

  /** The account's currency, once a page was read. */
  String currency() {
    return currency;
  }

  /** How many decimals its minor unit stands for. */
  int exponent() {
    return exponent;
  }

  /**
   * Reads the entries after one, or all after 0.
   *
   * @param balance of the account before them
   * @throws IOException if no node answers, or what it answers is no statement
   */
  void read(long after, long balance, Sink sink) throws IOException, InterruptedException {
    long last = after;
    long lastBalance = balance;
    while (true) {
      JsonNode page =
          client.get("/accounts/%s/statement?after=%d&limit=%d".formatted(account, last, PAGE));
      if (!page.path("entries").isArray() || !page.path("currency").isTextual()) {
        throw new IOException("the node's answer is no page of a statement");
      }
      currency = page.path("currency").asText();
      exponent = page.path("exponent").asInt();
      for (JsonNode each : page.path("entries")) {
        Entry entry = entry(each);
        if (entry.sequence <= last || entry.balance - entry.amount != lastBalance) {
          throw new IOException(
              "the statement does not add up: entry %d makes %d of %d by %d"
                  .formatted(entry.sequence, entry.balance, lastBalance, entry.amount));
        }
        last = entry.sequence;
        lastBalance = entry.balance;
        if (!sink.accept(entry)) {
          return;
        }
      }
      if (page.path("entries").isEmpty() || !page.hasNonNull("next")) {
        return;
      }
    }
  }

  private static Entry entry(JsonNode json) throws IOException {
    for (String number : new String[] {"seq", "amount", "balance"}) {
      if (!json.path(number).canConvertToLong() || !json.path(number).isIntegralNumber()) {
        throw new IOException("an entry of the statement has no " + number);
      }
    }
    try {
      return new Entry(
          json.path("seq").asLong(),
          Instant.parse(json.path("at").asText()),
          json.path("amount").asLong(),
          json.path("balance").asLong(),
          json.path("type").asText(""),
          json.path("reference").asText(""));
    } catch (DateTimeException e) {
      throw new IOException("an entry of the statement has no time", e);
    }
  }
}
