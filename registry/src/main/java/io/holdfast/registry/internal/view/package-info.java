/**
 * What a {@link io.holdfast.registry.ServiceView} shows: the watch on a directory, the shared state
 * of all views of a service, protection, listeners, and what views announce for drains. Begin with
 * {@link io.holdfast.registry.internal.view.SharedView}. For this module only.
 */
@NullMarked
package io.holdfast.registry.internal.view;

import org.jspecify.annotations.NullMarked;
