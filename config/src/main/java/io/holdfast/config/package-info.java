/**
 * Configuration that is kept in the cluster. Read {@link io.holdfast.config.ConfigStore} first: it
 * edits keys and opens a {@link io.holdfast.config.ConfigView} of a group of them. For
 * applications.
 */
@NullMarked
package io.holdfast.config;

import org.jspecify.annotations.NullMarked;
