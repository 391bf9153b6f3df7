package io.holdfast.payment.ledger;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Where accounts live: CRC-32 of the account id, modulo the number of shards. These shards are
 * virtual: many more than there are databases, so that their number never changes, and a ledger
 * grows by moving some of them to another database.
 *
 * @param shards how many, 1 to 4096; the same for ever
 */
public record ShardMap(int shards) {

  /** How many there are unless said otherwise. */
  public static final int DEFAULT_SHARDS = 256;

  public ShardMap {
    if (shards < 1 || shards > 4096) {
      throw new IllegalArgumentException("a ledger has 1 to 4096 shards, not " + shards);
    }
  }

  /** The shard of an account, from 0. */
  public int shardOf(AccountId account) {
    CRC32 crc = new CRC32();
    crc.update(account.value().getBytes(StandardCharsets.US_ASCII));
    return (int) (crc.getValue() % shards);
  }
}
