package io.holdfast.spring.config;

import io.holdfast.config.ConfigSnapshot;
import io.holdfast.config.ConfigView;
import io.holdfast.config.SecretUnreadableException;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.config.ConfigData;
import org.springframework.boot.context.config.ConfigDataLoader;
import org.springframework.boot.context.config.ConfigDataLoaderContext;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.util.ClassUtils;

/**
 * Loads a group. Waits for the cluster, unless the cache has the group; if the cluster does not
 * answer in time the start fails, or goes on without the group if the import is {@code optional:}.
 */
public final class GroupLoader implements ConfigDataLoader<GroupResource> {

  @Override
  public ConfigData load(ConfigDataLoaderContext context, GroupResource resource) {
    if (!ClassUtils.isPresent("io.holdfast.config.ConfigStore", getClass().getClassLoader())) {
      throw new IllegalStateException(
          resource + " needs io.holdfast:config on the class path: add it");
    }
    return new ConfigData(List.of(Loading.source(context, resource)));
  }

  /** Apart, because its classes may be missing. */
  private static final class Loading {

    static GroupPropertySource source(ConfigDataLoaderContext context, GroupResource resource) {
      ImportedGroups groups = groups(context.getBootstrapContext());
      ConfigView view = groups.view(resource.group());
      ConfigSnapshot snapshot;
      try {
        snapshot = groups.await(view);
      } catch (IllegalStateException e) {
        throw new ConfigDataResourceNotFoundException(resource, e);
      }
      try {
        return groups.add(new GroupPropertySource(view, snapshot));
      } catch (SecretUnreadableException e) {
        throw new IllegalStateException(e.getMessage() + ": see holdfast.config.keys", e);
      }
    }

    private static ImportedGroups groups(ConfigurableBootstrapContext bootstrap) {
      bootstrap.registerIfAbsent(
          ImportedGroups.class,
          InstanceSupplier.from(
              () -> {
                ImportedGroups made =
                    ImportedGroups.connect(Objects.requireNonNull(bootstrap.get(Binder.class)));
                bootstrap.addCloseListener(
                    closed ->
                        closed
                            .getApplicationContext()
                            .getBeanFactory()
                            .registerSingleton("holdfastImportedGroups", made));
                return made;
              }));
      return Objects.requireNonNull(bootstrap.get(ImportedGroups.class));
    }
  }
}
