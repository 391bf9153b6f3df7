package io.holdfast.zookeeper;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.zookeeper.internal.client.Security;
import io.holdfast.zookeeper.internal.read.Paths;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.data.ACL;

/**
 * Coordinators over a Curator client that the application already has.
 *
 * <p>Holdfast then shares the client's ZooKeeper session and never closes the client. The contracts
 * of locks and elections hold as they do over an address. What follows from sharing the client:
 *
 * <ul>
 *   <li>When the client's session ends, so does Holdfast's, and everything that is held by it. The
 *       coordinator opens the next one once the client is connected again. Close the coordinator
 *       before the client.
 *   <li>The session time-out is the client's; {@link CoordinatorOptions#sessionTimeout} is ignored.
 *       Curator asks for 60 s unless it is told otherwise: that long a crashed process keeps its
 *       locks.
 *   <li>Address, TLS, login and the size of replies are the client's; {@link
 *       CoordinatorOptions#credentials} must be empty. Give the ACL if the nodes are not to be
 *       everybody's.
 *   <li>A coordinator that closes, or loses its session by its own clock while the servers keep the
 *       client's, deletes what it made, node by node, and tries again until the client's session
 *       ends. Over a connection of its own the servers do that at once, and a session can be ended
 *       even after its connection is lost.
 *   <li>The cluster may have heard of the client last a while ago. So the first lock waits until
 *       the session is proven to live: up to a quarter of the session time-out.
 *   <li>The client must not be told to {@code reset()} its ZooKeeper handle: nobody tells us, and a
 *       lock would seem held until the servers end the session or ours runs out.
 *   <li>ZooKeeper counts watches by client and path. The application must not set watches of its
 *       own below the namespace by this client: they are removed with ours.
 *   <li>Curator's namespace does not apply; its chroot does.
 * </ul>
 */
public final class ZooKeeperCoordinators {

  private ZooKeeperCoordinators() {}

  /** {@link #over(CuratorFramework, String, CoordinatorOptions, List)}, with nodes open to all. */
  public static Coordinator over(
      CuratorFramework client, String namespace, CoordinatorOptions options) {
    return over(client, namespace, options, Ids.OPEN_ACL_UNSAFE);
  }

  /**
   * Opens a session by way of {@code client}. Blocks for at most the connect time-out. {@link
   * Coordinator#close} blocks for at most the client's session time-out and leaves the client open.
   *
   * @param client a started client itself, not a view of it with another namespace
   * @param namespace the key above all of ours, such as {@code payments}
   * @param acl of every node that is made
   * @throws UnavailableException if the client is not connected in time
   * @throws AccessRefusedException if the servers refuse to make nodes
   * @throws IllegalArgumentException if an argument does not serve
   */
  public static Coordinator over(
      CuratorFramework client, String namespace, CoordinatorOptions options, List<ACL> acl) {
    if (client.getState() != CuratorFrameworkState.STARTED) {
      throw new IllegalArgumentException("start the client first; it is " + client.getState());
    }
    if (!options.credentials().equals(Credentials.none())) {
      throw new IllegalArgumentException(
          "the client has its credentials already: give none, and the ACL as an argument");
    }
    try {
      client.getCuratorListenable();
    } catch (UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          "give the client itself, not a view of it with another namespace", e);
    }
    Paths paths = ZooKeeperBackendProvider.paths(new Key(namespace));
    String servers =
        new ConnectStringParser(client.getZookeeperClient().getCurrentConnectionString())
            .getServerAddresses().stream()
                .map(server -> server.getHostString() + ":" + server.getPort())
                .collect(Collectors.joining(","));
    Security security = new Security(Credentials.none(), Optional.empty());
    return Coordinator.connect(
        new ZooKeeperBackend(servers, paths, options, security, List.copyOf(acl), client),
        options,
        "zookeeper://" + servers + "/" + namespace + " by the application's client");
  }
}
