package io.holdfast.etcd;

import io.etcd.jetcd.Client;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.contract.LockContracts;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contracts of locks, where each coordinator is made over a jetcd client. */
@Execution(ExecutionMode.CONCURRENT)
final class ApplicationClientContractTest extends LockContracts {

  private static EtcdCluster cluster;

  private final List<Client> clients = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(1);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @AfterEach
  void closeClients() {
    clients.forEach(Client::close);
  }

  @Override
  protected String uri(String namespace) {
    return cluster.uri(namespace);
  }

  @Override
  protected Coordinator connect(String namespace, CoordinatorOptions options) {
    String host = ClusterUri.parse(cluster.uri(namespace)).hosts().get(0);
    Client client = Client.builder().endpoints("http://" + host).build();
    clients.add(client);
    return EtcdCoordinators.over(client, namespace, options);
  }
}
