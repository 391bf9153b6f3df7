package io.holdfast.payment.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.IdempotencyKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the reads of the books answer; described here, written by whoever serves them. */
final class Read {

  private Read() {}

  record Account(
      AccountId account,
      AccountType type,
      String owner,
      int shard,
      String currency,
      int exponent,
      long posted,
      long held,
      long incoming,
      long available,
      long creditLimit,
      AccountStatus status,
      long limitPerPayment,
      long limitPerDay) {}

  record Accounts(List<Account> accounts) {}

  record Entry(long seq, Instant at, long amount, long balance, String type, String reference) {}

  record Statement(
      AccountId account, String currency, int exponent, List<Entry> entries, OptionalLong next) {}

  record Operation(
      IdempotencyKey key,
      String type,
      Instant at,
      String state,
      Optional<String> node,
      Optional<ObjectNode> result,
      Optional<ObjectNode> refusal) {}
}
