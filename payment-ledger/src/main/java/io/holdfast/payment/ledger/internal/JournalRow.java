package io.holdfast.payment.ledger.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * An effect, with a hash over itself and the one before, so that a row that was changed, left out
 * or put in between shows.
 *
 * @param transaction the transaction of several shards, or what was done in several at once, that
 *     it is a part of; empty text if none
 */
record JournalRow(
    int shard,
    long seq,
    Instant at,
    BranchBody.Head head,
    String transaction,
    List<EntryRow> entries) {

  /** One leg. The balance is null for the ledger's own accounts. */
  record EntryRow(
      int leg,
      String account,
      String currency,
      long amount,
      @org.jspecify.annotations.Nullable Long balance) {}

  /**
   * SHA-256 over the hash before and every field, each with its length.
   *
   * @param before empty for the first of a shard
   */
  byte[] hash(byte[] before) {
    MessageDigest digest = sha256();
    digest.update(before);
    digest.update(ByteBuffer.allocate(12).putInt(shard).putLong(seq).array());
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, at);
    digest.update(ByteBuffer.allocate(8).putLong(micros).array());
    for (String each :
        List.of(
            head.type(), head.caller(), head.scope(), head.key(), transaction, head.request())) {
      text(digest, each);
    }
    for (EntryRow each : entries) {
      digest.update(ByteBuffer.allocate(12).putInt(each.leg()).putLong(each.amount()).array());
      text(digest, each.account());
      text(digest, each.currency());
    }
    return digest.digest();
  }

  private static void text(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
