package io.holdfast.lock.internal.queue;

import io.holdfast.spi.Claim;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mode in which a place in a lock's queue is held. It decides which modes may be held together.
 *
 * <p>Each shared mode takes a weight out of a total. Readers take nothing, so any number of them
 * fits. An upgradable reader takes one out of one, so a single one fits among the readers. Modes
 * with different totals exclude each other: so do two programs that disagree on the size of a
 * semaphore.
 *
 * @param kind the kind of access
 * @param weight the weight that it takes
 * @param total the total; the same for all that hold together
 */
public record LockMode(Kind kind, int weight, int total) {

  /** The kind of access that a place asks for. */
  public enum Kind {
    EXCLUSIVE(Claim.EXCLUSIVE),
    WRITE("write"),
    READ("read"),
    /**
     * Reads, and can be upgraded to write: see {@link
     * io.holdfast.lock.internal.upgrade.UpgradableHold}.
     */
    UPGRADABLE("upgradable"),
    /** The upgrade of an UPGRADABLE hold, waiting or writing. */
    UPGRADE("upgrade"),
    PERMITS("permits");

    /** The text of the mode; for permits, the part before the numbers. */
    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /**
   * The most permits; with this limit a mode and its numbers fit into the 20 characters of a {@link
   * Claim}.
   */
  static final int MOST_PERMITS = 99_999;

  public static final LockMode EXCLUSIVE = new LockMode(Kind.EXCLUSIVE, 0, 0);
  public static final LockMode WRITE = new LockMode(Kind.WRITE, 0, 0);
  public static final LockMode READ = new LockMode(Kind.READ, 0, 1);
  public static final LockMode UPGRADABLE = new LockMode(Kind.UPGRADABLE, 1, 1);
  public static final LockMode UPGRADE = new LockMode(Kind.UPGRADE, 0, 0);

  private static final int MOST_READ_BEFORE = 1_000;

  /** A cache: each read of a long queue parses a mode for every place, mostly the same few. */
  private static final Map<String, LockMode> READ_BEFORE = new ConcurrentHashMap<>();

  private static final Pattern PERMITS = Pattern.compile("permits([0-9]{1,5})of([0-9]{1,5})");

  /**
   * A part of a semaphore.
   *
   * @throws IllegalArgumentException unless 1 &lt;= weight &lt;= total &lt;= {@link #MOST_PERMITS}
   */
  public static LockMode permits(int weight, int total) {
    if (weight < 1 || weight > total || total > MOST_PERMITS) {
      throw new IllegalArgumentException(
          "cannot take %d of %d permits: take at least 1 and at most all, of at most %d"
              .formatted(weight, total, MOST_PERMITS));
    }
    return new LockMode(Kind.PERMITS, weight, total);
  }

  /** Reads the mode of a place; an unknown one counts as exclusive. */
  public static LockMode parse(String mode) {
    return switch (mode) {
      case "read" -> READ;
      case "write" -> WRITE;
      case "upgradable" -> UPGRADABLE;
      case "upgrade" -> UPGRADE;
      default -> parsePermits(mode).orElse(EXCLUSIVE);
    };
  }

  private static Optional<LockMode> parsePermits(String mode) {
    if (!mode.startsWith("permits")) {
      return Optional.empty();
    }
    Optional<LockMode> known = Optional.ofNullable(READ_BEFORE.get(mode));
    return known.isPresent() ? known : parseNewPermits(mode);
  }

  private static Optional<LockMode> parseNewPermits(String mode) {
    Matcher matcher = PERMITS.matcher(mode);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int weight = Integer.parseInt(matcher.group(1));
    int total = Integer.parseInt(matcher.group(2));
    if (weight < 1 || weight > total) {
      return Optional.empty();
    }
    LockMode parsed = permits(weight, total);
    if (READ_BEFORE.size() < MOST_READ_BEFORE) {
      READ_BEFORE.put(mode, parsed);
    }
    return Optional.of(parsed);
  }

  /** The mode as written in the name of a place. */
  public String text() {
    return kind == Kind.PERMITS ? kind.text + weight + "of" + total : kind.text;
  }

  /** True if the two are never held together, whatever their weights. */
  boolean excludes(LockMode other) {
    boolean together =
        switch (kind) {
          case READ, UPGRADABLE -> other.kind == Kind.READ || other.kind == Kind.UPGRADABLE;
          case PERMITS -> other.kind == Kind.PERMITS;
          case EXCLUSIVE, WRITE, UPGRADE -> false;
        };
    return !together || total != other.total;
  }

  /** True if it excludes every mode; then only the place just ahead matters. */
  boolean isAlone() {
    return kind == Kind.EXCLUSIVE || kind == Kind.WRITE;
  }

  /** For people: as {@link #text}, but {@code exclusive}, and {@code permits:3}. */
  @Override
  public String toString() {
    return switch (kind) {
      case EXCLUSIVE -> "exclusive";
      case PERMITS -> "permits:" + weight;
      case WRITE, READ, UPGRADABLE, UPGRADE -> text();
    };
  }
}
