package io.holdfast.etcd.internal.read;

import io.etcd.jetcd.KeyValue;
import io.holdfast.spi.Claim;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of places in a queue: in etcd {@code <lease in hex>_<slot>_<mode>}, in a {@link
 * io.holdfast.coordination.Key} the same with {@code ~rev<create_revision in hex>} behind it.
 *
 * <p>{@code etcdctl lock <queue>} puts {@code <queue>/<lease in hex>} and waits for every key below
 * the queue that was created before; so do we. The two exclude each other.
 *
 * <p>A name in etcd is used again: etcd keeps a deleted name in its index until it is compacted,
 * and walks over all of them whenever the queue is listed, so that names which are used once would
 * make a busy queue slower with every place taken. What stands under a name is told apart by its
 * create_revision. With it a key is unique for ever.
 */
public final class PlaceName {

  private static final Pattern OURS = Pattern.compile("([0-9a-f]+)_([0-9a-f]{6})_([a-z0-9]{1,20})");
  private static final Pattern FOREIGN = Pattern.compile("[0-9a-f]+");
  private static final Pattern REVISION = Pattern.compile("[0-9a-f]{1,15}");
  private static final String CREATED = "~rev";
  private static final int HEX = 16;

  private PlaceName() {}

  /** A name in etcd; of two slots the greater makes the greater name. */
  public static String of(long lease, int slot, String mode) {
    return Long.toHexString(lease) + "_" + "%06x".formatted(slot) + "_" + mode;
  }

  /** The mode in a name, in etcd or in a key; a foreign lock's is {@link Claim#EXCLUSIVE}. */
  public static String mode(String name) {
    Matcher ours = OURS.matcher(stored(name));
    return ours.matches() ? ours.group(3) : Claim.EXCLUSIVE;
  }

  /** The slot in the name of a place of ours. */
  public static int slot(String name) {
    Matcher ours = OURS.matcher(stored(name));
    if (!ours.matches()) {
      throw new IllegalArgumentException("not the name of a place: " + name);
    }
    return Integer.parseInt(ours.group(2), HEX);
  }

  /** True if a pair is a place of this program, as nobody else's pair can be by chance. */
  static boolean isOurs(KeyValue kv, String name) {
    Matcher ours = OURS.matcher(name);
    return ours.matches() && ours.group(1).equals(Long.toHexString(kv.getLease()));
  }

  /** True if a pair in a queue is a place of this program, or of {@code etcdctl lock}. */
  static boolean isPlace(KeyValue kv, String name) {
    return isOurs(kv, name) || name.equals(Long.toHexString(kv.getLease()));
  }

  /** What a place in etcd is called in a key. */
  public static String lasting(String name, long created) {
    return name + CREATED + Long.toHexString(created);
  }

  /** What a name, or a path that ends with it, is in etcd. */
  public static String stored(String name) {
    return createdIn(name).isPresent() ? name.substring(0, name.lastIndexOf(CREATED)) : name;
  }

  /** The create_revision in the name of a place's key, or in a path that ends with it. */
  static OptionalLong createdIn(String name) {
    int mark = name.lastIndexOf(CREATED);
    if (mark < 0) {
      return OptionalLong.empty();
    }
    String place = name.substring(name.lastIndexOf('/', mark) + 1, mark);
    String created = name.substring(mark + CREATED.length());
    boolean isPlace = OURS.matcher(place).matches() || FOREIGN.matcher(place).matches();
    return isPlace && REVISION.matcher(created).matches()
        ? OptionalLong.of(Long.parseLong(created, HEX))
        : OptionalLong.empty();
  }
}
