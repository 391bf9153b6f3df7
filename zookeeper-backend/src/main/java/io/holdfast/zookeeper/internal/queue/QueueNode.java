package io.holdfast.zookeeper.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.QueueListing;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A node in a queue, as its name tells. Names are those of Curator's locks, so that both kinds
 * exclude each other: {@code _c_<uuid>-lock-<sequence>}, {@code _c_<uuid>-__READ__<sequence>},
 * {@code _c_<uuid>-__WRIT__<sequence>}. What Curator has not but can be told is marked for it as
 * well: {@code __upgradable__READ__} is a reader to it, {@code __upgrade__WRIT__} a writer. Other
 * modes are {@code __<mode>__}.
 *
 * <p>The sequence is ZooKeeper's signed 32-bit child version in ten digits. It orders the places of
 * one queue and serves for nothing else: it starts again when the queue's container node was
 * removed and made anew, by when nobody is left who could be compared, and past 2^31 - 1 joins
 * without a pause it becomes negative. Then, until those from before have left, newcomers sort in
 * front; Curator's own locks agree on that order, and the tokens made of {@code czxid} still refuse
 * the elder.
 *
 * @param name the node's name
 * @param mode how its owner will use what the queue guards
 * @param sequence the last ten digits, with a sign if it is negative
 */
public record QueueNode(String name, String mode, String sequence) {

  /**
   * The order in the queue, the same as Curator's: by the text of the sequence. A Curator client
   * that reads while it holds the write lock gives its read node the sequence of its write node,
   * which came first.
   */
  static final Comparator<QueueNode> FIRST_COME =
      Comparator.comparing(QueueNode::sequence)
          .thenComparing(QueueNode::mode, Comparator.reverseOrder())
          .thenComparing(QueueNode::name);

  private static final String READ = "read";
  private static final String WRITE = "write";
  private static final String UPGRADABLE = "upgradable";
  private static final String UPGRADE = "upgrade";
  private static final String CURATOR_READ = "READ";
  private static final String CURATOR_WRITE = "WRIT";
  private static final String CURATOR_UPGRADABLE = UPGRADABLE + "__" + CURATOR_READ;
  private static final String CURATOR_UPGRADE = UPGRADE + "__" + CURATOR_WRITE;
  private static final Pattern OURS =
      Pattern.compile("(?:_c_[0-9a-f-]{36}-)?(?:lock-|__(\\w{1,20})__)(-?[0-9]{10})");
  private static final Pattern ANY = Pattern.compile(".*?([0-9]{10})");

  /** What the name of a new node begins with; the server adds the sequence. */
  static String prefix(UUID guid, String mode) {
    return protection(guid)
        + switch (mode) {
          case Claim.EXCLUSIVE -> "lock-";
          case READ -> "__" + CURATOR_READ + "__";
          case WRITE -> "__" + CURATOR_WRITE + "__";
          case UPGRADABLE -> "__" + CURATOR_UPGRADABLE + "__";
          case UPGRADE -> "__" + CURATOR_UPGRADE + "__";
          default -> "__" + mode + "__";
        };
  }

  /** What makes a node's name unique for ever. */
  static String protection(UUID guid) {
    return "_c_" + guid + "-";
  }

  /**
   * Reads a name. One that ends in ten digits stands in the queue, whoever made it and whatever it
   * means; a node without a sequence, the directory of another recipe say, does not.
   */
  public static Optional<QueueNode> parse(String name) {
    Matcher ours = OURS.matcher(name);
    if (ours.matches()) {
      return Optional.of(new QueueNode(name, mode(ours.group(1)), ours.group(2)));
    }
    Matcher any = ANY.matcher(name);
    return any.matches()
        ? Optional.of(new QueueNode(name, Claim.EXCLUSIVE, any.group(1)))
        : Optional.empty();
  }

  /** Who stands in a queue, by the names of all nodes in its directory. */
  static QueueListing listing(Key queue, List<String> names) {
    return QueueListing.whole(
        names.stream()
            .filter(Key::isSegment)
            .map(QueueNode::parse)
            .flatMap(Optional::stream)
            .sorted(FIRST_COME)
            .map(node -> new Place.Member(queue.child(node.name()), node.mode()))
            .toList());
  }

  private static String mode(@Nullable String marker) {
    if (marker == null) {
      return Claim.EXCLUSIVE;
    }
    return switch (marker) {
      case CURATOR_READ -> READ;
      case CURATOR_WRITE -> WRITE;
      case CURATOR_UPGRADABLE -> UPGRADABLE;
      case CURATOR_UPGRADE -> UPGRADE;
      default -> marker;
    };
  }
}
