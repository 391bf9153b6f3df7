package io.holdfast.payment.ledger;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Where accounts live: CRC-32 of the account id, modulo the number of shards. Never to be changed
 * under a ledger that holds money; {@link Database} checks the number.
 *
 * @param shards how many, 1 to 1024
 */
public record ShardMap(int shards) {

  /** How many there are unless said otherwise. */
  public static final int DEFAULT_SHARDS = 12;

  public ShardMap {
    if (shards < 1 || shards > 1024) {
      throw new IllegalArgumentException("a ledger has 1 to 1024 shards, not " + shards);
    }
  }

  /** The shard of an account, from 0. */
  public int shardOf(AccountId account) {
    CRC32 crc = new CRC32();
    crc.update(account.value().getBytes(StandardCharsets.US_ASCII));
    return (int) (crc.getValue() % shards);
  }
}
