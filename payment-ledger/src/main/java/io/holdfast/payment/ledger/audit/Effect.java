package io.holdfast.payment.ledger.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of the journal with its entries, as they are in the database.
 *
 * @param micros when, since 1970
 * @param hash hexadecimal
 */
record Effect(
    int shard,
    long seq,
    long micros,
    String type,
    RequestKey key,
    Optional<String> transaction,
    String request,
    String hash,
    List<Entry> entries) {

  private static final HexFormat HEX = HexFormat.of();

  /** An entry. */
  record Entry(
      long seq, int leg, String account, String currency, long amount, @Nullable Long balance) {

    boolean isSystem() {
      return account.indexOf(':') >= 0;
    }

    boolean isClearing() {
      return account.startsWith("clearing:");
    }
  }

  /**
   * The hash that the row must have: SHA-256 over the hash of the row before, which is empty for
   * the first; shard (32 bits), number (64) and microseconds since 1970 (64); type, caller, scope,
   * key, transaction (empty if there is none) and request; and of each entry its leg (32), amount
   * (64), account and currency. Numbers come with the highest byte first, texts as UTF-8 after
   * their length (32).
   */
  String hashAfter(String before) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    sha.update(HEX.parseHex(before));
    sha.update(ByteBuffer.allocate(20).putInt(shard).putLong(seq).putLong(micros).array());
    text(sha, type);
    text(sha, key.caller());
    text(sha, key.scope());
    text(sha, key.key());
    text(sha, transaction.orElse(""));
    text(sha, request);
    for (Entry entry : entries) {
      sha.update(ByteBuffer.allocate(12).putInt(entry.leg()).putLong(entry.amount()).array());
      text(sha, entry.account());
      text(sha, entry.currency());
    }
    return HEX.formatHex(sha.digest());
  }

  private static void text(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    sha.update(bytes);
  }
}
