"""公开抽签的复核：不需要安装任何东西，有 Python 3 就能算，结果应与学校公布的完全相同。

用法：python3 lottery.py 校验值 开奖号码 学号.txt
  校验值    开奖之前学校公布的 64 位字符，由名单和志愿算出，名单改一个字它就会变
  开奖号码  抽签公告里写明的那一串，例如 "9319./2.5.8.10.12./"，一个字符都不能少
  学号.txt  每行一个学号，先后随意
"""

import hashlib
import hmac
import sys

commitment, draw, path = sys.argv[1:]

# 第一步：种子 = SHA-256(校验值 接 开奖号码)。校验值公布在先，开奖在后，谁也不能预先挑选种子。
seed = hashlib.sha256((commitment + draw).encode("utf-8")).hexdigest()

# 第二步：每个学号的签 = HMAC-SHA256(种子, 学号)，签小的在前；万一两个签相同，学号小的在前。
with open(path, encoding="utf-8-sig") as file:
    students = [line.strip() for line in file if line.strip()]
lots = {s: hmac.new(seed.encode("utf-8"), s.encode("utf-8"), hashlib.sha256).hexdigest() for s in students}

sys.stdout.reconfigure(encoding="utf-8")
lines = [f"种子 {seed}"]
for place, student in enumerate(sorted(lots, key=lambda s: (lots[s], s)), 1):
    lines.append(f"{place} {student} {lots[student]}")
sys.stdout.write("\n".join(lines) + "\n")
