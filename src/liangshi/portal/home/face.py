"""Where home itself stands in the navigation."""

from liangshi.registry.access.faces import nav

nav(10, "home:home", "首页", "house")
nav(150, "home:me", "我的", "user")
