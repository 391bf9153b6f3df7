package io.holdfast.spring.config;

import io.holdfast.config.SecretUnreadableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEventPublisher;

/** Brings changes of the imported groups into the running application, and closes the import. */
final class SettingsRefresh implements SmartInitializingSingleton, DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(SettingsRefresh.class);
  private static final long IDLE_SECONDS = 10;

  /** Tells others of changed properties. */
  interface Listener {
    void changed(Set<String> names);
  }

  private final ImportedGroups groups;
  private final ApplicationEventPublisher publisher;
  private final Listener cloud;
  private final List<Runnable> stops = new ArrayList<>();

  /** One refresh at a time, whichever group it is of; there only while there is one. */
  private final ThreadPoolExecutor worker =
      new ThreadPoolExecutor(
          1,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> {
            Thread thread = new Thread(task, "holdfast-config-refresh");
            thread.setDaemon(true);
            return thread;
          },
          new ThreadPoolExecutor.DiscardPolicy());

  SettingsRefresh(ImportedGroups groups, ApplicationEventPublisher publisher, Listener cloud) {
    this.groups = groups;
    this.publisher = publisher;
    this.cloud = cloud;
    worker.allowCoreThreadTimeOut(true);
  }

  @Override
  public void afterSingletonsInstantiated() {
    if (groups.refresh()) {
      for (GroupPropertySource source : groups.sources()) {
        stops.add(source.getSource().onChange(change -> worker.execute(() -> refresh(source))));
        worker.execute(() -> refresh(source));
      }
    }
  }

  private void refresh(GroupPropertySource source) {
    try {
      SortedSet<String> names = source.show(source.getSource().snapshot());
      if (!names.isEmpty()) {
        LOG.info("{} has changed: {}", source.getName(), names);
        publisher.publishEvent(new SettingsChanged(this, source.getSource().group(), names));
        cloud.changed(names);
      }
    } catch (SecretUnreadableException e) {
      LOG.warn("{} is not refreshed: {}", source.getName(), e.getMessage());
    } catch (RuntimeException e) {
      LOG.warn("a bean does not take the new settings of {}", source.getName(), e);
    }
  }

  @Override
  public void destroy() {
    stops.forEach(Runnable::run);
    worker.shutdownNow();
    groups.close();
  }
}
