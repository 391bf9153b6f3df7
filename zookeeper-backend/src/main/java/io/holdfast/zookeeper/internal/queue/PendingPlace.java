package io.holdfast.zookeeper.internal.queue;

import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.read.QueueReader;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;

/** One claim on its way to a place: a name that is never used twice, and the queue as last seen. */
final class PendingPlace {

  private final Claim claim;
  private final Connection connection;
  private final QueueReader queueReader;
  private final UncontendedQueues uncontendedQueues;
  private final String queue;
  private final UUID guid;
  private CompletableFuture<Reply<List<String>>> listing = new CompletableFuture<>();
  private CompletableFuture<Reply<Stat>> look = new CompletableFuture<>();
  private String foundName = "";

  /** True if no look was asked for behind the write. */
  private boolean blind;

  /**
   * True if the session stands in the queue already, so that it has to wait in any case: then it
   * looks afterwards, together with others.
   */
  private final boolean behindOwn;

  /** To be taken under a name with {@code guid} in it. */
  PendingPlace(
      Claim claim,
      UUID guid,
      Paths paths,
      Connection connection,
      QueueReader queueReader,
      UncontendedQueues uncontendedQueues,
      boolean behindOwn) {
    this.claim = claim;
    this.guid = guid;
    this.connection = connection;
    this.queueReader = queueReader;
    this.uncontendedQueues = uncontendedQueues;
    this.behindOwn = behindOwn;
    this.queue = paths.of(claim.queue());
  }

  Op create(Payload payload) {
    return Op.create(
        prefix(), payload.bytes(), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL);
  }

  /** The path of the new node, but for the number at its end. */
  String prefix() {
    return path(QueueNode.prefix(guid, claim.mode()));
  }

  boolean isBehindOwn() {
    return behindOwn;
  }

  /** True if the number that the node gets may tell that nobody else is in the queue. */
  boolean mayBeNext() {
    return !behindOwn && uncontendedQueues.mayBeNext(queue);
  }

  /** Asks who is in the queue, unless the node's number may tell; {@link #arrived} takes that. */
  void listUnlessNext() {
    blind = mayBeNext();
    if (!blind && !behindOwn) {
      list();
    }
  }

  /** Takes the name that the node was given, and looks after all if that does not tell enough. */
  void arrived(String name) {
    if (blind && !isAlone(name)) {
      list();
    }
  }

  /** True if the node's number tells that nobody else is in the queue. */
  boolean isAlone(String name) {
    boolean alone = uncontendedQueues.isNext(queue, name);
    if (alone) {
      listed(new Reply<>(Code.OK, List.of(name)));
    }
    return alone;
  }

  /** Asks who is in the queue. */
  CompletableFuture<Reply<List<String>>> list() {
    listing = queueReader.names(queue);
    return listing;
  }

  /** To be asked together with something else; {@link #listed} takes the answer. */
  Op lookAtQueue() {
    return Op.getChildren(queue);
  }

  void listed(Reply<List<String>> names) {
    listing = CompletableFuture.completedFuture(names);
  }

  /** What was asked last. */
  CompletableFuture<Reply<List<String>>> listing() {
    return listing;
  }

  String path(String name) {
    return queue + "/" + name;
  }

  /** The place that node {@code name} is, with nobody seen ahead yet. */
  Place unseen(String name, Revision created) {
    return new Place(claim, claim.queue().child(name), created);
  }

  /** Looks for the own node in the listing that has arrived, and whose it is. */
  CompletableFuture<Reply<Stat>> lookAtOwn() {
    Reply<List<String>> listed = listing.join();
    foundName = listed.isOk() ? nameIn(listed.value()) : "";
    look =
        foundName.isEmpty()
            ? CompletableFuture.completedFuture(new Reply<>(listed.code(), null))
            : connection.stat(path(foundName));
    return look;
  }

  private String nameIn(List<String> names) {
    String own = QueueNode.protection(guid);
    return names.stream().filter(name -> name.startsWith(own)).findFirst().orElse("");
  }

  /** True if the connection broke while it looked, so that nothing is known. */
  boolean lookWasLost() {
    return look.join().isLost();
  }

  /** What was found, empty if nothing. */
  String foundName() {
    return foundName;
  }

  boolean isOwnedBy(long session) {
    Reply<Stat> reply = look.join();
    return !foundName.isEmpty() && reply.isOk() && reply.value().getEphemeralOwner() == session;
  }

  /** The node that was found. */
  Stat found() {
    return look.join().value();
  }

  /** The place that node {@code name} is, with those ahead of it in the listing. */
  Place place(String name, Revision created) {
    List<String> names = listing.join().value();
    Place place = unseen(name, created);
    return names.equals(List.of(name))
        ? place
        : QueueNode.listing(claim.queue(), names).find(place).orElseGet(place::takenAway);
  }
}
