package io.holdfast.etcd;

import io.holdfast.coordination.Claim;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of places in a queue: {@code <lease in hex>_<uuid>_<mode>}.
 *
 * <p>{@code etcdctl lock <queue>} puts {@code <queue>/<lease in hex>} and waits for every key below
 * the queue that was created before; so do we. The two exclude each other.
 */
final class PlaceName {

  private static final Pattern OURS = Pattern.compile("[0-9a-f]+_[0-9a-f-]{36}_([a-z0-9]{1,20})");

  private PlaceName() {}

  /** The name with an id that nobody has had and nobody will have. */
  static String of(long lease, UUID id, String mode) {
    return Long.toHexString(lease) + "_" + id + "_" + mode;
  }

  /** The mode in a name; that of a foreign lock is {@link Claim#EXCLUSIVE}. */
  static String mode(String name) {
    Matcher ours = OURS.matcher(name);
    return ours.matches() ? ours.group(1) : Claim.EXCLUSIVE;
  }
}
