package io.holdfast.chaos.fault;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What operators do to a store while it is used, and servers of their own accord. */
public interface StoreAdmin {

  /** The sessions of a namespace, each with the name of its owner. */
  Map<String, String> sessions(String namespace);

  /**
   * Ends the sessions of those whose name begins with {@code owner}, as the servers do with one
   * that has not been heard of.
   *
   * @return which
   */
  List<String> endSessions(String namespace, String owner);

  /** How far the store's order has come. Grows, unless the store is set back. */
  long position();

  /**
   * Removes what is of no more use, once: in etcd all that was overwritten, with its space; in
   * ZooKeeper the queues of locks that are empty, as servers do with containers, but at once.
   *
   * @return how much, in pieces; zero if there was nothing
   */
  int tidy(String namespace);

  /** What can be done to this store. */
  Set<Capability> capabilities();
}
