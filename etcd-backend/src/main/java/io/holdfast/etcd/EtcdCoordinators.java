package io.holdfast.etcd;

import io.etcd.jetcd.Client;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.coordination.security.Credentials;

/**
 * Coordinators over a jetcd client that the application already has.
 *
 * <p>Holdfast then asks by way of the client's channel and credentials, and never closes the
 * client. Its leases are its own, with the session time-out that {@link CoordinatorOptions} ask
 * for. The contracts of locks and elections hold as they do over an address. What follows from
 * sharing the client:
 *
 * <ul>
 *   <li>Addresses, TLS, user and the largest reply are the client's; {@link
 *       CoordinatorOptions#credentials} must be empty. jetcd takes replies of up to 4 MB unless it
 *       is told otherwise ({@code maxInboundMessageSize}): a larger directory cannot be read.
 *   <li>jetcd chooses the server: writes do not go to the leader first, and a server that is frozen
 *       is not passed over. Give the client {@code keepaliveTime} and {@code keepaliveTimeout} that
 *       are short against the session time-out, or a broken connection costs the session.
 *   <li>jetcd does not tell whether a request has left. So a write that fails counts as unknown
 *       more often, and is settled by looking. It keeps requests back while there is no connection
 *       and may send one after its time-out.
 *   <li>jetcd's own lines about broken connections appear in the log, and server versions are not
 *       checked.
 *   <li>If the client has a namespace of its own, all keys are below it. Then every process needs a
 *       client with the same one.
 *   <li>Close the coordinator before the client: its lease would only expire otherwise, and what it
 *       holds is kept that long.
 * </ul>
 */
public final class EtcdCoordinators {

  private EtcdCoordinators() {}

  /**
   * Opens a session by way of {@code client}. Blocks for at most the connect time-out. {@link
   * Coordinator#close} leaves the client open.
   *
   * @param namespace the key above all of ours, such as {@code payments}
   * @throws UnavailableException if etcd does not answer in time
   * @throws AccessRefusedException if etcd refuses the client's user
   * @throws IllegalArgumentException if there are credentials in the options, or the namespace is
   *     none
   */
  public static Coordinator over(Client client, String namespace, CoordinatorOptions options) {
    if (!options.credentials().equals(Credentials.none())) {
      throw new IllegalArgumentException("the client has its credentials already: give none");
    }
    Key key = new Key(namespace);
    return Coordinator.connect(
        new EtcdBackend(client, key, options),
        options,
        "etcd by the application's client, namespace " + key);
  }
}
