package io.holdfast.transaction.xa;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.HeuristicException;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.internal.BlockingCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Any resource that has an {@link XAResource}: a database, a queue.
 *
 * <p><b>Connections.</b> A branch keeps its connection until it has ended, and is ended there: some
 * resources let no other connection end it as long as that one lives. When as many branches as
 * there are threads keep one, further ones give theirs up, which costs a new connection each. What
 * a process has left behind is ended on any connection.
 *
 * <p><b>{@code XAER_NOTA}</b>, the resource's answer for a branch that it does not know, is
 * believed only if the branch is not listed as prepared either: a branch that another connection
 * still has is unknown on this one. It then has ended, or was never prepared; to end it changes
 * nothing.
 *
 * <p><b>Heuristic outcomes.</b> If the resource has ended a branch by itself as was decided, it is
 * told to forget that. If it has ended it otherwise, {@link #commit} or {@link #abort} fail with a
 * {@link HeuristicException}, and the resource keeps what it knows for its operator. So does a
 * commit of what was prepared here and is not known to {@link XaConnection#server another server}.
 *
 * <p><b>Names.</b> Ours are told apart from those of other transaction managers by their format,
 * and those are left alone. A transaction's name of more than 123 bytes does not fit, and the
 * branch refuses; that takes a decider with a long name.
 *
 * <p>One branch alone is committed in one phase; if the reply to that is lost, nobody can find out
 * what became of it. Thread-safe.
 *
 * @param <C> what work is done with
 */
public final class XaParticipant<C> implements Participant, AutoCloseable {

  /** The format of our branches' names, by which a resource's list tells them from others'. */
  public static final int FORMAT = BranchXid.FORMAT;

  private static final Logger LOG = LoggerFactory.getLogger(XaParticipant.class);
  private static final int MOST_ENDING = 5;

  private final String name;
  private final XaConnections<C> connections;
  private final BlockingCalls workers;
  private final BlockingCalls enders;
  private final int mostAttached;

  /** Prepared here and not ended, each with its connection. */
  private final Map<BranchId, XaConnection<C>> attached = new ConcurrentHashMap<>();

  /** Prepared here and not seen to end, each with its server. */
  private final Map<BranchId, String> servers = new ConcurrentHashMap<>();

  private XaParticipant(String name, XaConnections<C> connections, XaOptions options) {
    this.name = name;
    this.connections = connections;
    this.workers = new BlockingCalls("holdfast-" + name, options.threads(), options.waiting());
    this.enders = new BlockingCalls("holdfast-" + name + "-end", MOST_ENDING, options.waiting());
    this.mostAttached = options.threads();
  }

  /**
   * Looks whether the resource lists what it has prepared. Blocks.
   *
   * @param name the same in every process, and another for every resource
   * @throws XAException if it cannot be reached, or does not let this user list
   */
  public static <C> XaParticipant<C> open(
      String name, XaConnection.Source<C> source, XaOptions options) throws XAException {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(options, "options");
    XaParticipant<C> opened = new XaParticipant<>(name, new XaConnections<>(source), options);
    opened.listed();
    return opened;
  }

  /** A branch. */
  public Branch branch(XaWork<C> work) {
    return branch(this, work);
  }

  /** A branch of a participant that stands before this one. */
  public Branch branch(Participant participant, XaWork<C> work) {
    return new XaBranch<>(participant, connections, workers, work, this::prepared);
  }

  private void prepared(BranchId branch, XaConnection<C> connection) {
    servers.put(branch, connection.server());
    if (attached.size() < mostAttached) {
      attached.put(branch, connection);
    } else {
      connection.close();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return enders.run(() -> end(branches, true));
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return enders.run(() -> end(branches, false));
  }

  private void end(List<BranchId> branches, boolean commit) throws XAException {
    XAException unknown = null;
    HeuristicException heuristic = null;
    for (BranchId branch : branches) {
      try {
        end(branch, commit);
      } catch (XAException e) {
        unknown = e;
      } catch (HeuristicException e) {
        heuristic = e;
      }
    }
    if (heuristic != null) {
      throw heuristic;
    }
    if (unknown != null) {
      throw unknown;
    }
  }

  private void end(BranchId branch, boolean commit) throws XAException {
    Xid xid = BranchXid.of(branch).orElse(null);
    if (xid == null) {
      return;
    }
    XaConnection<C> own = attached.remove(branch);
    XaConnection<C> connection = own == null ? connections.take() : own;
    boolean good = false;
    try {
      end(connection, branch, xid, commit);
      servers.remove(branch);
      good = true;
    } finally {
      connections.give(connection, good);
    }
  }

  private void end(XaConnection<C> connection, BranchId branch, Xid xid, boolean commit)
      throws XAException {
    XAResource resource = connection.resource();
    try {
      if (commit) {
        resource.commit(xid, false);
      } else {
        resource.rollback(xid);
      }
    } catch (XAException e) {
      switch (XaAnswer.of(e, commit)) {
        case ENDED -> forget(resource, xid);
        case NOT_KNOWN -> {
          if (scan(resource).contains(branch)) {
            throw stillAttached(branch, e);
          }
          if (commit) {
            checkServer(branch, connection.server());
          }
          LOG.debug("{}: {} has ended already, or was never prepared", name, branch);
        }
        case HEURISTIC ->
            throw new HeuristicException(
                branch,
                "the resource has ended it by itself, at least in part "
                    + (commit ? "rolled back (" : "committed (")
                    + e.errorCode
                    + "): put the data right, then have the resource forget the branch");
        case UNKNOWN -> throw e;
      }
    }
  }

  private static XAException stillAttached(BranchId branch, XAException unknown) {
    XAException attached =
        new XAException(
            branch
                + " belongs to the connection that has prepared it, and no other can end it before"
                + " that is closed: the server does that when it was idle for some seconds");
    attached.errorCode = unknown.errorCode;
    attached.initCause(unknown);
    return attached;
  }

  /** A server has what was prepared there; another in its place may never have had it. */
  private void checkServer(BranchId branch, String server) {
    if (!servers.getOrDefault(branch, server).equals(server)) {
      throw new HeuristicException(
          branch,
          "it was prepared, and another server is there now that does not know it: it is lost,"
              + " or somebody else has committed it before. Look for its effects, and redo them by"
              + " hand if they are missing");
    }
  }

  private void forget(XAResource resource, Xid xid) {
    try {
      resource.forget(xid);
    } catch (XAException e) {
      LOG.debug("{}: not forgotten: {}", name, xid, e);
    }
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return enders.call(
        () ->
            listed().stream()
                .filter(branch -> branch.transaction().domain().equals(domain))
                .toList());
  }

  private List<BranchId> listed() throws XAException {
    XaConnection<C> connection = connections.take();
    boolean good = false;
    try {
      List<BranchId> found = scan(connection.resource());
      good = true;
      return found;
    } finally {
      connections.give(connection, good);
    }
  }

  private static List<BranchId> scan(XAResource resource) throws XAException {
    List<BranchId> found = new ArrayList<>();
    Xid[] all = resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
    if (all != null) {
      for (Xid xid : all) {
        BranchXid.parse(xid).ifPresent(found::add);
      }
    }
    return found;
  }

  /** Ends its threads, and all connections: what is prepared stays so. */
  @Override
  public void close() {
    workers.close();
    enders.close();
    connections.close();
    attached.values().forEach(XaConnection::close);
    attached.clear();
  }

  @Override
  public String toString() {
    return "XA " + name;
  }
}
