"""Offices at a school end with the post there."""

from liangshi.registry.access.actions.grants import end_with_posts
from liangshi.registry.people.leaving import ends_with_post

ends_with_post(end_with_posts)
