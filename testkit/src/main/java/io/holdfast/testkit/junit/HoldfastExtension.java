package io.holdfast.testkit.junit;

import io.holdfast.coordination.Coordinator;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link HoldfastTest} does. */
final class HoldfastExtension implements ParameterResolver, AfterEachCallback {

  private static final Namespace OURS = Namespace.create(HoldfastExtension.class);

  /** Not where no single test is under way: nobody would close it. */
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    Class<?> type = parameter.getParameter().getType();
    return test.getTestMethod().isPresent()
        && (type == Coordinator.class || type == TestCluster.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    TestCluster cluster = cluster(test);
    return parameter.getParameter().getType() == Coordinator.class ? cluster.connect() : cluster;
  }

  private static TestCluster cluster(ExtensionContext test) {
    Store store = test.getStore(OURS);
    TestCluster cluster = store.get(TestCluster.class, TestCluster.class);
    if (cluster == null) {
      cluster = new TestCluster(test.getRequiredTestClass().getSimpleName());
      store.put(TestCluster.class, cluster);
    }
    return cluster;
  }

  @Override
  public void afterEach(ExtensionContext test) {
    TestCluster cluster = test.getStore(OURS).remove(TestCluster.class, TestCluster.class);
    if (cluster == null) {
      return;
    }
    List<String> left = cluster.close();
    if (!left.isEmpty() && test.getExecutionException().isEmpty()) {
      throw new AssertionError("the test has left open: " + String.join("; ", left));
    }
  }
}
